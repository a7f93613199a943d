import { afterEach, expect, test } from 'vitest';
import { createGateway } from '../create-gateway.ts';
import type { ClaudeRunner } from '../ports/claude-runner.ts';
import { createScriptedRunner } from '../testing/index.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { noUsage } from '../turn/usage.ts';

let isCounting = false;
afterEach(() => void (isCounting = false));

/** A runner whose events come when they are told, each handed over in one step, as a CLI's are. */
function createToldRunner() {
  const events: TurnEvent[] = [];
  let waiting: ((result: IteratorResult<TurnEvent>) => void) | undefined;
  const iterator: AsyncIterator<TurnEvent> = {
    next: () => {
      const value = events.shift();
      return value === undefined ? new Promise((resolve) => (waiting = resolve)) : Promise.resolve({ done: false, value });
    },
  };
  return {
    runner: { ...createScriptedRunner(), run: () => ({ [Symbol.asyncIterator]: () => iterator }) } satisfies ClaudeRunner,
    tell: (event: TurnEvent) => {
      const wake = waiting;
      waiting = undefined;
      if (wake === undefined) events.push(event);
      else wake({ done: false, value: event });
    },
  };
}

/** Rounds of the queue of microtasks until something is there: as many asynchronous steps are between, whoever takes them. */
async function roundsUntil(what: Promise<unknown>): Promise<number> {
  let rounds = 0;
  isCounting = true;
  const count = (): void => {
    if (!isCounting) return;
    rounds += 1;
    queueMicrotask(count);
  };
  queueMicrotask(count);
  await what;
  isCounting = false;
  return rounds;
}

const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

test.each<[what: string, more: object, most: number]>([
  ['plain', {}, 5],
  ['with tools that are strict', { tools: [{ type: 'function', function: { name: 'f', strict: true } }] }, 5],
])('a delta takes at most so many asynchronous steps from the runner to the reader: %s', async (_, more, most) => {
  const { runner, tell } = createToldRunner();
  const { body } = await new Promise<Response>((resolve) => {
    void Promise.resolve(
      createGateway({ runner }).request('/v1/chat/completions', {
        method: 'POST',
        // What holds replies to the OpenAPI document is a step too.
        headers: { 'content-type': 'application/json', 'x-request-id': 'unchecked' },
        body: JSON.stringify({ model: 'sonnet', stream: true, messages: [{ role: 'user', content: 'hi' }], ...more }),
      }),
    ).then(resolve);
    tell({ type: 'turn-start', model: 'm', usage: noUsage });
    tell({ type: 'block-start', index: 0, block: { type: 'text' } });
    tell({ type: 'text-delta', index: 0, text: 'first' });
  });
  const reader = body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value as Uint8Array)).toContain('first');
  for (const text of ['second', 'third']) {
    const next = reader.read();
    await quiet();
    const read = roundsUntil(next);
    tell({ type: 'text-delta', index: 0, text });
    const rounds = await read;
    expect(new TextDecoder().decode((await next).value as Uint8Array)).toContain(text);
    expect(rounds).toBeLessThanOrEqual(most);
  }
  await reader.cancel();
});
