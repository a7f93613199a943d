import { afterEach, expect, test, vi } from 'vitest';
import { createRedisOverHttp } from './create-redis-over-http.ts';

const token = 'secret-token';
afterEach(() => void vi.useRealTimers());

/** A Redis whose answers are made here; `asked` has what it was sent. */
function open(answer: (path: string, body: never) => unknown, status = 200) {
  const asked: { path: string; body: unknown; authorization: string | null }[] = [];
  const command = createRedisOverHttp({
    url: 'https://redis.example.com/',
    token,
    fetch: async (url, init) => {
      const request = new Request(url, init);
      const [path, body] = [new URL(request.url).pathname, await request.json()];
      asked.push({ path, body, authorization: request.headers.get('authorization') });
      const given = answer(path, body as never);
      return typeof given === 'string' ? new Response(given, { status }) : Response.json(given, { status });
    },
  });
  return { command, asked };
}

test('a command is one request, and its result is as Redis gave it', async () => {
  for (const result of ['text', '', null, 3, ['a', null, 1], []]) {
    const { command, asked } = open(() => ({ result }));
    expect(await command('SET', 'key', 'väl\u2028ue', 'EX', 60)).toEqual(result);
    expect(asked).toEqual([{ path: '/', body: ['SET', 'key', 'väl\u2028ue', 'EX', 60], authorization: `Bearer ${token}` }]);
  }
});

test('what is asked in one go is one request, each with its own answer; what comes later is another', async () => {
  const { command, asked } = open((path, body: string[][]) =>
    path === '/pipeline' ? body.map(([, key]) => (key === 'bad' ? { error: 'WRONGTYPE' } : { result: key })) : { result: 'alone' },
  );
  const results = await Promise.allSettled([command('GET', 'one'), command('GET', 'bad'), command('GET', 'two')]);
  expect(results).toMatchObject([{ value: 'one' }, { reason: { message: 'Redis refuses: WRONGTYPE' } }, { value: 'two' }]);
  expect(await command('GET', 'three')).toBe('alone');
  expect(asked.map(({ path }) => path)).toEqual(['/pipeline', '/']);
  expect(await Promise.all(Array.from({ length: 250 }, (_, index) => command('GET', String(index))))).toHaveLength(250);
  expect(asked.slice(2).map(({ body }) => (body as unknown[]).length)).toEqual([100, 100, 50]);
});

test.each([
  ['a refused command', { error: 'ERR no' }, 400],
  ['a token that is not known', { error: 'Unauthorized' }, 401],
  ['a page of a proxy', '<html>', 502],
  ['what is no answer', { results: 1 }, 500],
  ['a list that is too short', [], 200],
  ['nothing', '', 200],
])('%s is an error to all who asked, without the token', async (_, answer, status) => {
  const { command } = open(() => answer, status);
  for (const asking of [[command('GET', 'a')], [command('GET', 'b'), command('GET', 'c')]]) {
    for (const result of await Promise.allSettled(asking)) {
      expect(result.status).toBe('rejected');
      expect(String((result as PromiseRejectedResult).reason)).not.toContain(token);
    }
  }
});

test('one that leads elsewhere is not followed', async () => {
  const asked: (RequestRedirect | undefined)[] = [];
  for (const answer of [
    Response.redirect('https://other.example.com/', 307),
    Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' }),
  ]) {
    const command = createRedisOverHttp({
      url: 'https://redis.example.com',
      token,
      fetch: async (_, init) => {
        asked.push(init?.redirect);
        return answer;
      },
    });
    await expect(command('GET', 'key')).rejects.toThrow('leads elsewhere');
  }
  expect(asked).toEqual(['manual', 'manual']);
});

test('one that does not answer is given up after two seconds', async () => {
  vi.useFakeTimers();
  const command = createRedisOverHttp({
    url: 'https://redis.example.com',
    token,
    fetch: (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
      }),
  });
  const asking = command('GET', 'key').catch(String);
  await vi.advanceTimersByTimeAsync(2000);
  expect(await asking).toContain('did not answer within 2000 ms');
  expect(vi.getTimerCount()).toBe(0);
});
