import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { GatewayError } from '../../gateway-error.ts';
import { createScriptedRunner, textScript, type Script } from '../../testing/index.ts';
import { noUsage } from '../../turn/usage.ts';

const usage = { ...noUsage, inputTokens: 10, outputTokens: 5 };
const told = { prompt_tokens: 30, completion_tokens: 15, total_tokens: 45 };

interface Choice {
  readonly index: number;
  readonly message: { readonly content: string };
  readonly delta: {
    readonly role?: string;
    readonly content?: string;
    readonly tool_calls?: readonly { readonly index: number; readonly id?: string }[];
  };
  readonly finish_reason: string | null;
}

interface Body {
  readonly id: string;
  readonly choices: readonly Choice[];
  readonly usage?: object | null;
  readonly error?: object;
}

/** Has each turn do what is said of it, by its number. */
function open(script: (number: number, ...asked: Parameters<Script>) => ReturnType<Script>) {
  let turns = 0;
  const runner = createScriptedRunner({ script: (...asked) => script(turns++, ...asked) });
  const app = createGateway({ runner });
  const post = async (body: object): Promise<Response> =>
    app.request('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }], ...body }),
    });
  return {
    runner,
    post,
    whole: async (body: object) => (await (await post(body)).json()) as Body,
    stream: async (body: object) => {
      const response = await post({ ...body, stream: true, stream_options: { include_usage: true } });
      const frames = (await response.text()).split('\n\n').filter((frame) => frame !== '');
      return frames.filter((frame) => frame !== 'data: [DONE]').map((frame) => JSON.parse(frame.slice('data: '.length)) as Body);
    },
    running: async () => ((await (await app.request('/health')).json()) as { turns: { running: number } }).turns.running,
  };
}

/** Says its text word by word, so that others get their turn. */
const slowly = (words: readonly string[]): ReturnType<Script> =>
  (async function* () {
    yield { type: 'turn-start', model: 'claude-x', usage: noUsage };
    for (const text of words) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      yield { type: 'text-delta', text };
    }
    yield { type: 'usage', usage };
    yield { type: 'turn-end', reason: 'end_turn' };
  })();

test('several choices are answers of turns of their own, and their tokens count together', async () => {
  const { whole, runner } = open((number) => slowly(['answer', ` ${number}`]));
  const { choices, usage: sum } = await whole({ n: 3 });
  expect(choices.map(({ index }) => index)).toEqual([0, 1, 2]);
  expect(choices.map(({ message }) => message.content).toSorted()).toEqual(['answer 0', 'answer 1', 'answer 2']);
  expect(sum).toMatchObject(told);
  expect(runner.turns).toHaveLength(3);
});

test('they may be eight', async () => {
  const { whole } = open((_number, ...asked) => textScript(['Hello ', 'world'])(...asked));
  const { choices } = await whole({ n: 8 });
  expect(choices.map(({ message }) => message.content)).toEqual(Array.from({ length: 8 }, () => 'Hello world'));
});

test('streamed they come side by side, each with a role, a text and an end', async () => {
  const { stream } = open(() => slowly(Array.from({ length: 10 }, (_, index) => `${index} `)));
  const chunks = await stream({ n: 3 });
  const choices = chunks.flatMap((chunk) => chunk.choices);
  for (const index of [0, 1, 2]) {
    const own = choices.filter((choice) => choice.index === index);
    expect(own.map(({ delta }) => delta.content ?? '').join('')).toBe('0 1 2 3 4 5 6 7 8 9 ');
    expect(own.filter(({ delta }) => delta.role !== undefined)).toHaveLength(1);
    expect(own.at(-1)).toMatchObject({ delta: {}, finish_reason: 'stop' });
  }
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  expect(choices.filter((choice) => choice.finish_reason !== null)).toHaveLength(3);
  expect(chunks.at(-1)?.usage).toMatchObject(told);
  // Not one after the other: the second begins before the first has ended.
  const order = choices.filter(({ delta }) => delta.content).map(({ index }) => index);
  expect(order.lastIndexOf(0)).toBeGreaterThan(order.indexOf(1));
});

test.each([true, false])('a failure of one is one of all, and stops the others; streamed: %s', async (isStreamed) => {
  const signals: AbortSignal[] = [];
  const { post, running } = open(async function* (number, turn, signal) {
    if (number === 1) throw new GatewayError('no', { status: 403, code: 'forbidden' });
    signals.push(signal);
    yield { type: 'turn-start', model: turn.model, usage: noUsage };
    yield { type: 'text-delta', text: 'x' };
    await new Promise(() => {});
  });
  const response = await post({ n: 3, stream: isStreamed });
  const text = await response.text();
  if (response.status === 200) expect(text.match(/"error":\{/g)).toHaveLength(1);
  else expect(response.status, text).toBe(403);
  await expect.poll(running).toBe(0);
  for (const { aborted } of signals) expect(aborted).toBe(true);
});

test('with calls of tools, each choice counts its own', async () => {
  const { stream } = open((number, turn) => [
    { type: 'turn-start', model: turn.model, usage: noUsage },
    { type: 'call', id: `toolu_${number}`, name: 'look' },
    { type: 'input-delta', json: '{"a":1}' },
    { type: 'turn-end', reason: 'tool_use' },
  ]);
  const chunks = await stream({ n: 2, tools: [{ type: 'function', function: { name: 'look' } }] });
  const calls = chunks
    .flatMap(({ choices }) => choices)
    .flatMap(({ index, delta }) => delta.tool_calls?.flatMap((call) => (call.id ? [{ choice: index, call: call.index }] : [])) ?? []);
  expect(calls.toSorted((one, other) => one.choice - other.choice)).toEqual([
    { choice: 0, call: 0 },
    { choice: 1, call: 0 },
  ]);
});
