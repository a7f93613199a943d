import { describe, expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import type { CachedAnswer, ResponseCache } from '../../ports/response-cache.ts';
import { createScriptedRunner, type Script } from '../../testing/index.ts';
import type { ScriptEvent } from '../../testing/script-blocks.ts';
import { noUsage } from '../../turn/usage.ts';

function says(...events: ScriptEvent[]): Script {
  const reason = events.some(({ type }) => type === 'call') ? 'tool_use' : 'end_turn';
  return (turn) => [{ type: 'turn-start', model: turn.model, usage: noUsage }, ...events, { type: 'turn-end', reason }];
}

const call = (name: string, ...pieces: string[]): ScriptEvent[] => [
  { type: 'call', id: `toolu_${name}`, name },
  ...pieces.map((json): ScriptEvent => ({ type: 'input-delta', json })),
];

interface Choice {
  readonly index: number;
  readonly delta: {
    readonly content?: string;
    readonly reasoning_content?: string;
    readonly tool_calls?: readonly { readonly index: number; readonly function: { readonly arguments: string } }[];
    readonly function_call?: { readonly arguments?: string };
  };
}

interface Streamed {
  readonly events: readonly string[];
  readonly choices: readonly Choice[];
}

function open(script: Script, responseCache?: ResponseCache) {
  const app = createGateway({ runner: createScriptedRunner({ script }), ...(responseCache && { cache: { store: responseCache } }) });
  const post = async (body: object, headers: Record<string, string> = {}): Promise<Response> =>
    app.request('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }], ...body }),
    });
  return {
    post,
    stream: async (body: object, headers: Record<string, string> = {}): Promise<Streamed> => {
      const events = (await (await post({ ...body, stream: true }, headers)).text()).split('\n\n').filter((event) => event !== '');
      const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice('data: '.length)) as { choices: readonly Choice[] });
      return { events, choices: chunks.flatMap(({ choices }) => choices) };
    },
  };
}

function argumentsOf({ choices }: Streamed, index = 0): string[] {
  const calls: string[] = [];
  for (const choice of choices.filter((each) => each.index === index)) {
    for (const { index: at, function: called } of choice.delta.tool_calls ?? []) calls[at] = (calls[at] ?? '') + called.arguments;
  }
  return calls;
}

const functions = [{ name: 'a' }, { name: 'b' }];
const tools = functions.map((each) => ({ type: 'function', function: each }));

describe('the arguments of a call add up to JSON', () => {
  test.each<[what: string, events: ScriptEvent[], expected: string[]]>([
    ['of one without arguments', call('a'), ['{}']],
    ['of one with an empty piece only, as the API sends it', call('a', ''), ['{}']],
    ['of the first of two', [...call('a', ''), ...call('b', '', '{"x"', ':1}')], ['{}', '{"x":1}']],
    ['of the last of two', [...call('b', '{"x":1}'), ...call('a', '', '')], ['{"x":1}', '{}']],
    ['of one before more text', [...call('a', ''), { type: 'text-delta', text: 'so' }], ['{}']],
    ['of one whose arguments are told as empty', call('a', '{', '}'), ['{}']],
  ])('%s', async (_, events, expected) => {
    const { stream, post } = open(says(...events));
    expect(argumentsOf(await stream({ tools }))).toEqual(expected);
    const several = await stream({ tools, n: 2 });
    expect([argumentsOf(several, 0), argumentsOf(several, 1)]).toEqual([expected, expected]);
    const whole = (await (await post({ tools })).json()) as {
      choices: [{ message: { tool_calls: { function: { arguments: string } }[] } }];
    };
    expect(whole.choices[0].message.tool_calls.map((each) => each.function.arguments)).toEqual(expected);
  });

  test('in the older form', async () => {
    const { stream, post } = open(says(...call('a', '')));
    const { choices } = await stream({ functions });
    expect(choices.map(({ delta }) => delta.function_call?.arguments ?? '').join('')).toBe('{}');
    expect(await (await post({ functions })).json()).toMatchObject({
      choices: [{ message: { function_call: { name: 'a', arguments: '{}' } } }],
    });
  });

  test('of a kept answer', async () => {
    const { stream } = open(says(...call('a', ''), ...call('b', '{"x":1}')), createMemoryCache());
    const headers = { 'cache-control': 'max-age=60' };
    expect([argumentsOf(await stream({ tools }, headers)), argumentsOf(await stream({ tools }, headers))]).toEqual([
      ['{}', '{"x":1}'],
      ['{}', '{"x":1}'],
    ]);
  });
});

function createMemoryCache(): ResponseCache {
  const answers = new Map<string, CachedAnswer>();
  return { get: async (key) => answers.get(key), set: async (key, answer) => void answers.set(key, answer) };
}

/** Half of a pair of surrogates, alone. */
const half = /\p{Surrogate}/u;

describe('no event is longer than 16 kB', () => {
  test.each([
    ['words', 'lorem ipsum '.repeat(12_000)],
    ['control characters', '\u0001'.repeat(50_000)],
    ['pairs of surrogates', `x${'😀'.repeat(50_000)}`],
    ['halves of pairs', '\uD83D'.repeat(5000)],
  ])('%s', async (_, text) => {
    const pieces = text.match(/[^]{1,1000}/gu) ?? [];
    const json = JSON.stringify({ text });
    for (const events of [
      [{ type: 'thinking-delta' as const, thinking: text }, { type: 'text-delta' as const, text }, ...call('a', json)],
      [...pieces.map((piece): ScriptEvent => ({ type: 'text-delta', text: piece })), ...call('a', json.slice(0, 9), json.slice(9))],
    ]) {
      const { stream } = open(says(...events), createMemoryCache());
      for (const count of [1, 2]) {
        const streamed = await stream({ tools, stream_options: { include_usage: true } }, { 'cache-control': 'max-age=60' });
        expect(Math.max(...streamed.events.map((event) => new TextEncoder().encode(event).length)), `time ${count}`).toBeLessThan(16_384);
        expect(streamed.choices.map(({ delta }) => delta.content ?? '').join('') === text).toBe(true);
        expect(argumentsOf(streamed)[0] === json).toBe(true);
        if (!half.test(text)) expect(streamed.choices.some(({ delta }) => half.test(delta.content ?? ''))).toBe(false);
      }
    }
  });
});

test.each([{}, { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: {} } } }])(
  'why Claude refused stands in the refusal: %j',
  async (format) => {
    const { stream, post } = open((turn) => [
      { type: 'turn-start', model: turn.model, usage: noUsage },
      { type: 'turn-end', reason: 'refusal', refusal: 'It asks for an exploit.' },
    ]);
    expect(await (await post(format)).json()).toMatchObject({ choices: [{ message: { refusal: 'It asks for an exploit.' } }] });
    const { choices } = await stream(format);
    expect(choices.flatMap(({ delta }) => ('refusal' in delta ? [delta.refusal] : []))).toEqual(['It asks for an exploit.']);
  },
);
