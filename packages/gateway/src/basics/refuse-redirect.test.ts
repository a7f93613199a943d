import { expect, test, vi } from 'vitest';
import { refuseRedirect } from './refuse-redirect.ts';

test.each([300, 301, 302, 307, 308])('a %i is refused, and its body is let go', (status) => {
  const cancel = vi.fn();
  expect(() => refuseRedirect(new Response(new ReadableStream({ cancel }), { status }))).toThrow('It leads elsewhere.');
  expect(cancel).toHaveBeenCalledTimes(1);
});

test.each([200, 404, 500])('a %i is none', async (status) => {
  const response = new Response('said', { status });
  refuseRedirect(response);
  expect(await response.text()).toBe('said');
});
