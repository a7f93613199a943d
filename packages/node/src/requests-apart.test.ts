import { AsyncLocalStorage } from 'node:async_hooks';
import { createGateway, type ClaudeRunner } from '@claude-code-api/gateway';
import { createStores, createLocalBackend } from '@claude-code-api/gateway/stores';
import { createScriptedRunner, textScript } from '@claude-code-api/gateway/testing';
import { createStorage } from 'unstorage';
import { expect, test } from 'vitest';

const requests = new AsyncLocalStorage<string>();

/** Notes in whose name each step of a turn is done. On workers a request that uses what another has opened fails. */
function noteRequests(runner: ClaudeRunner, doers: Map<string, Set<string>>): ClaudeRunner {
  const note = (step: string): void => void doers.set(step, (doers.get(step) ?? new Set()).add(requests.getStore() ?? 'nobody'));
  return {
    ...runner,
    run(turn, signal, spending) {
      note('begin');
      signal.addEventListener('abort', () => note('abort'));
      const events = runner.run(turn, signal, spending)[Symbol.asyncIterator]();
      return {
        [Symbol.asyncIterator]: () => ({
          next() {
            note('next');
            return events.next();
          },
          async return() {
            note('return');
            await events.return?.();
            return { done: true, value: undefined };
          },
        }),
      };
    },
  };
}

const long = Array.from({ length: 50 }, () => 'word '.repeat(1000));

interface WatchedGateway {
  readonly doers: ReadonlyMap<string, ReadonlySet<string>>;
  readonly ask: (who: string, stream: boolean) => Promise<Response>;
}

function openGateway(): WatchedGateway {
  const doers = new Map<string, Set<string>>();
  const stores = createStores({ backend: createLocalBackend({ storage: createStorage() }), ttlMs: 60_000 });
  const runner = noteRequests(createScriptedRunner({ script: textScript(long) }), doers);
  const app = createGateway({ runner, cache: { store: stores.cache } });
  const headers = { 'content-type': 'application/json' };
  return {
    doers,
    ask: async (who, stream) => {
      const body = JSON.stringify({ model: 'sonnet', seed: 1, stream, messages: [{ role: 'user', content: 'Hello' }] });
      const request = new Request('http://gateway/v1/chat/completions', { method: 'POST', headers, body });
      return requests.run(who, async () => app.fetch(request));
    },
  };
}

test('a turn that several wait for is run by the request that began it alone, however slowly that is read', async () => {
  const { ask, doers } = openGateway();
  const slow = await ask('first', true);
  const fast = await ask('second', false);
  expect([slow, fast].map(({ headers }) => headers.get('x-cache'))).toEqual(['miss', 'shared']);
  expect(JSON.stringify(await fast.json())).toContain(long.join(''));
  expect(await slow.text()).toMatch(/\[DONE\]\s*$/);
  expect(doers).toEqual(new Map(['begin', 'next'].map((step) => [step, new Set(['first'])])));
});

test('when all have left, the request that began the turn stops it, whoever was the last', async () => {
  const { ask, doers } = openGateway();
  const first = await ask('first', true);
  const second = await ask('second', true);
  expect([first, second].map(({ headers }) => headers.get('x-cache'))).toEqual(['miss', 'shared']);
  await first.body?.cancel();
  await requests.run('second', async () => second.body?.cancel());
  await expect.poll(() => doers.get('return')).toEqual(new Set(['first']));
  expect(doers.get('abort')).toEqual(new Set(['first']));
});
