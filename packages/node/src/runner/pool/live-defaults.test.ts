import { expect, test } from 'vitest';
import { liveDefaults } from './live-defaults.ts';

test('under a subscription processes wait for as long as the CLI has the prompt cached', () => {
  expect(liveDefaults('subscription')).toEqual({ count: 20, idleSeconds: 3600 });
  for (const login of ['key', 'cloud'] as const) expect(liveDefaults(login)).toEqual({ count: 10, idleSeconds: 300 });
});
