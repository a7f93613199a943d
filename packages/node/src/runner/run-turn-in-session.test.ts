import { createHook } from 'node:async_hooks';
import { createGateway, type TurnEvent } from '@claude-code-api/gateway';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { expect, test, vi } from 'vitest';
import { pureWays } from './agents/pure-sessions.ts';
import { parseCliMessage } from './process/parse-cli-message.ts';
import { CliProcessError } from './process/cli-process-error.ts';
import type { CliListener, CliProcess } from './process/cli-process.ts';
import type { PreparedTurn } from '@claude-code-api/gateway/messages-api';
import { runTurn } from './run-turn.ts';
import { createSession } from './session/session.ts';

const turn: PreparedTurn = {
  model: 'sonnet',
  system: [],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  sampling: {},
  tenant: '',
};

const logger = { debug() {}, info() {}, warn() {}, error() {} };
const begin = { type: 'message_start', message: { model: 'claude-x', usage: {} } };
const block = { type: 'content_block_start', index: 0, content_block: { type: 'text' } };
const delta = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } };
const end = [
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: {} },
  { type: 'message_stop' },
];

/** A session with a process that takes all that it is seen, and says what the test has it say. */
function open() {
  let failure: CliProcessError | undefined;
  let listeners = 0;
  let listener: CliListener | undefined;
  const sent: unknown[] = [];
  const finish = (): void => {
    if (failure !== undefined) return;
    failure = new CliProcessError('ended', 'the CLI was stopped');
    listener?.onEnd(failure);
  };
  const stop = vi.fn(async () => finish());
  const cli: CliProcess = {
    pid: 1,
    startedAt: 0,
    requestId: undefined,
    busy: undefined,
    ended: new Promise(() => {}),
    get failure() {
      return failure;
    },
    send: (line) => void sent.push(line),
    control: async () => undefined,
    get listener() {
      return listener;
    },
    set listener(next) {
      listeners += 1;
      listener = next;
    },
    pause: () => {},
    resume: () => {},
    stop,
    kill: finish,
  };
  const ways = pureWays({ priceOf: () => undefined, cliRetries: true });
  const session = createSession(cli, { firstEventTimeoutMs: 10_000, historyTimeoutMs: 10_000, onRetry() {} }, ways);
  /** As from a line on its standard output. */
  const write = (message: object): void => listener?.onMessage(parseCliMessage(JSON.stringify(message))!);
  const say = (...events: readonly object[]): void => events.forEach((event) => write({ type: 'stream_event', event }));
  const ask = (signal = new AbortController().signal): AsyncGenerator<TurnEvent> =>
    runTurn({
      limit: () => ({ signal, endsAt: undefined, release() {} }),
      ask: async () => ({ events: await session.ask(turn, signal), tell: (event) => [event], toError: (error) => error }),
      ...{ isClosed: () => false, maxRetries: 0, onRetry: async () => {}, onFailure() {}, logger },
    });
  return { stop, session, sent, write, say, ask, listeners: () => listeners };
}

async function typesOf(events: AsyncIterable<TurnEvent>): Promise<string[]> {
  const types: string[] = [];
  for await (const event of events) types.push(event.type);
  return types;
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('serves one turn after the other, with one listener', async () => {
  const { session, stop, write, say, ask, sent, listeners } = open();
  await session.open(turn);
  for (let turns = 1; turns <= 3; turns += 1) {
    const events = typesOf(ask());
    await settle();
    say(begin, block, delta, ...end);
    expect(await events).toEqual(['turn-start', 'block-start', 'text-delta', 'block-end', 'usage', 'turn-end']);
    const accepted = session.accepts(turn);
    write({ type: 'result', subtype: 'success' });
    expect(await accepted).toBe(true);
    expect(sent).toHaveLength(turns);
  }
  expect(listeners()).toBe(1);
  expect(stop).not.toHaveBeenCalled();
});

test('a caller who leaves in mid-answer ends the process', async () => {
  const { session, say, ask, stop } = open();
  await session.open(turn);
  const events = ask();
  const first = events.next();
  await settle();
  say(begin, block, delta);
  expect((await first).value).toMatchObject({ type: 'turn-start' });
  await events.return(undefined);
  expect(stop).toHaveBeenCalledTimes(1);
  expect(session.isOver).toBe(true);
  expect(await session.accepts(turn)).toBe(false);
});

test('an abort is seen with its own reason, and ends the process', async () => {
  const { session, ask, stop } = open();
  await session.open(turn);
  const leaving = new AbortController();
  const events = typesOf(ask(leaving.signal));
  await settle();
  leaving.abort(new Error('gone'));
  await expect(events).rejects.toThrow('gone');
  expect(stop).toHaveBeenCalled();
});

/** As many turns of the microtask queue until `isDone`. */
async function turnsUntil(isDone: () => boolean): Promise<number> {
  let turns = 0;
  for (; !isDone() && turns < 100; turns += 1) await Promise.resolve();
  return turns;
}

test('a delta takes two asynchronous steps from the line to whoever reads the turn: the queue, and the turn itself', async () => {
  const { session, say, ask } = open();
  await session.open(turn);
  const events = ask();
  void events.next();
  await settle();
  say(begin, block);
  await events.next();
  await settle();

  const seen: unknown[] = [];
  const read = async (): Promise<void> => void seen.push((await events.next()).value);
  void read();
  await settle();
  let promises = 0;
  const hook = createHook({ init: (_, type) => void (promises += type === 'PROMISE' ? 1 : 0) }).enable();
  say(delta);
  const made = promises;
  const turns = await turnsUntil(() => seen.length > 0);
  hook.disable();
  expect(seen).toMatchObject([{ type: 'text-delta', text: 'Hello' }]);
  // Reading the line makes no promise; then the queue resolves, the generator yields, and the reader is seen: one turn each.
  expect(made).toBe(0);
  expect(turns).toBeLessThanOrEqual(3);
});

test('a delta takes at most six asynchronous steps from the line to the reader of the streamed reply', async () => {
  const { session, say, ask } = open();
  await session.open(turn);
  const runner = { ...createScriptedRunner(), run: () => ask() };
  const responding = createGateway({ runner }).request('/v1/chat/completions', {
    method: 'POST',
    // What holds replies to the OpenAPI document is a step too.
    headers: { 'content-type': 'application/json', 'x-request-id': 'unchecked' },
    body: JSON.stringify({ model: 'sonnet', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
  });
  await settle();
  say(begin, block, delta);
  const reader = (await responding).body!.getReader();
  await reader.read();
  for (const text of ['second', 'third']) {
    let told: string | undefined;
    void reader.read().then(({ value }) => (told = new TextDecoder().decode(value as Uint8Array)));
    await settle();
    say({ ...delta, delta: { type: 'text_delta', text } });
    const turns = await turnsUntil(() => told !== undefined);
    expect(told).toContain(text);
    // The last turn is the reader's own.
    expect(turns - 1).toBeLessThanOrEqual(6);
  }
  await reader.cancel();
});
