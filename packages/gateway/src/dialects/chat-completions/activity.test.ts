import { describe, expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import type { GatewayOptions } from '../../gateway-options.ts';
import { createScriptedRunner, type Script } from '../../testing/index.ts';
import type { ScriptEvent } from '../../testing/script-blocks.ts';
import { noUsage } from '../../turn/usage.ts';

interface Body {
  readonly choices: readonly {
    readonly index: number;
    readonly delta: { readonly content?: string; readonly reasoning_content?: string };
    readonly message: { readonly content: string; readonly reasoning_content?: string };
    readonly finish_reason: string | null;
  }[];
  readonly activity?: unknown;
  readonly cost_usd?: number;
  readonly limit?: string;
  readonly usage?: object | null;
}

const text = (value: string): ScriptEvent => ({ type: 'text-delta', text: value });
const reasoning = (value: string): ScriptEvent => ({ type: 'thinking-delta', thinking: value });
const begin = (id: string, name: string, input: Record<string, unknown>): ScriptEvent => ({ type: 'activity-start', id, name, input });
const done = (id: string, result: string, how: { isError?: boolean; denied?: boolean } = {}): ScriptEvent => ({
  type: 'activity-end',
  id,
  result,
  isError: how.isError ?? false,
  denied: how.denied ?? false,
});

const work: readonly ScriptEvent[] = [
  text('Let me look. '),
  begin('t1', 'Read', { file_path: '/a' }),
  begin('t2', 'Bash', { command: 'ls' }),
  done('t2', 'no ls here', { isError: true }),
  done('t1', 'one'),
  begin('t3', 'Write', { file_path: '/etc/x' }),
  done('t3', 'outside', { isError: true, denied: true }),
  text('Done.'),
];
const told = [
  { id: 't1', name: 'Read', input: { file_path: '/a' }, result: 'one', status: 'completed' },
  { id: 't2', name: 'Bash', input: { command: 'ls' }, result: 'no ls here', status: 'failed' },
  { id: 't3', name: 'Write', input: { file_path: '/etc/x' }, result: 'outside', status: 'denied' },
];
const usage = { ...noUsage, inputTokens: 5, outputTokens: 7 };

const agent =
  (events: readonly ScriptEvent[] = work, limit?: 'max_turns' | 'max_budget', costUsd: number | undefined = 0.25): Script =>
  () => [
    { type: 'turn-start', model: 'claude-x', usage: noUsage },
    ...events,
    { type: 'usage', usage, ...(costUsd !== undefined && { costUsd }) },
    limit === undefined ? { type: 'turn-end', reason: 'end_turn' } : { type: 'turn-end', reason: 'max_tokens', limit },
  ];

function open(script: Script = agent(), options: Partial<GatewayOptions> = {}) {
  const app = createGateway({ runner: createScriptedRunner({ script }), models: { profiles: { agent: {} } }, ...options });
  const post = async (body: object): Promise<Response> =>
    app.request('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'agent/sonnet', messages: [{ role: 'user', content: 'hi' }], ...body }),
    });
  const whole = async (body: object): Promise<Body> => {
    const response = await post(body);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-ignored-parameters')).toBeNull();
    return (await response.json()) as Body;
  };
  const stream = async (body: object): Promise<Body[]> => {
    const lines = (await (await post({ ...body, stream: true })).text()).split('\n\n');
    expect(lines.slice(-2)).toEqual(['data: [DONE]', '']);
    return lines.slice(0, -2).map((line) => JSON.parse(line.slice('data: '.length)) as Body);
  };
  return { post, whole, stream };
}

const contentOf = (chunks: readonly Body[]): string => chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
const withUsage = { stream_options: { include_usage: true } };

describe('activity none', () => {
  test.each([{}, { activity: null }, { activity: 'none' }])('is the default, and tells nothing: %j', async (body) => {
    const { whole, stream } = open(agent(work, 'max_turns'));
    const completion = await whole(body);
    expect(completion.choices[0]).toMatchObject({ message: { content: 'Let me look. Done.' }, finish_reason: 'length' });
    expect(completion.choices[0]?.message).not.toHaveProperty('reasoning_content');
    const chunks = await stream({ ...body, ...withUsage });
    expect(contentOf(chunks)).toBe('Let me look. Done.');
    // The role, two texts, a finish and the usage.
    expect(chunks).toHaveLength(5);
    for (const each of [completion, ...chunks]) for (const key of ['activity', 'cost_usd', 'limit']) expect(each).not.toHaveProperty(key);
  });

  test('keeps the connection alive while tools run', async () => {
    for (const activity of ['none', 'events', 'reasoning']) {
      let finish = (): void => {};
      const working = new Promise<void>((resolve) => (finish = resolve));
      const script: Script = async function* () {
        yield { type: 'turn-start', model: 'claude-x', usage: noUsage };
        yield begin('t1', 'Bash', {});
        await working;
        yield done('t1', 'x');
        yield { type: 'usage', usage };
        yield { type: 'turn-end', reason: 'end_turn' };
      };
      const response = await open(script, { keepAlive: { mode: 'chunk', intervalMs: 10 } }).post({ activity, stream: true });
      // The tool runs until the caller has been kept waiting with four empty chunks.
      let heard = '';
      for await (const bytes of response.body ?? []) {
        heard += new TextDecoder().decode(bytes);
        if (heard.split('"delta":{},').length > 4) finish();
      }
      expect(heard).toMatch(/data: \[DONE\]\n\n$/);
    }
  });

  test('can be the default of another kind', async () => {
    const { whole } = open(agent(), { defaults: { activity: 'events' } });
    expect((await whole({})).activity).toEqual(told);
    expect(await whole({ activity: 'none' })).not.toHaveProperty('activity');
    expect(await whole({ activity: null })).toHaveProperty('activity');
  });

  test('of another name is a 400', async () => {
    const response = await open().post({ activity: 'all' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_value', param: 'activity' } });
  });
});

describe('activity events', () => {
  const events = { activity: 'events' };

  test('stand beside the choices of a reply, in the order in which they began, with the cost', async () => {
    const completion = await open().whole(events);
    expect(completion).toMatchObject({ activity: told, cost_usd: 0.25, choices: [{ message: { content: 'Let me look. Done.' } }] });
    expect(completion).not.toHaveProperty('limit');
    expect(completion.choices[0]?.finish_reason).toBe('stop');
  });

  test('are none where nothing was done, and the cost is left out where it is unknown', async () => {
    const script: Script = () => [
      { type: 'turn-start', model: 'm', usage: noUsage },
      text('Hi'),
      { type: 'usage', usage },
      { type: 'turn-end', reason: 'end_turn' },
    ];
    const completion = await open(script).whole(events);
    expect(completion.activity).toEqual([]);
    const last = (await open(script).stream(events)).at(-1);
    for (const each of [completion, last]) expect(each).not.toHaveProperty('cost_usd');
  });

  test('that did not come to their end have failed', async () => {
    const { whole } = open(agent([begin('t1', 'Read', {}), done('unknown', 'x')], 'max_budget'));
    expect((await whole(events)).activity).toEqual([{ id: 't1', name: 'Read', input: {}, result: '', status: 'failed' }]);
  });

  test.each(['max_turns', 'max_budget'] as const)('name the limit that ended the turn: %s', async (limit) => {
    const { whole, stream } = open(agent(work, limit));
    expect(await whole(events)).toMatchObject({
      limit,
      choices: [{ finish_reason: 'length', message: { content: 'Let me look. Done.' } }],
    });
    expect((await stream(events)).at(-1)).toMatchObject({ limit, cost_usd: 0.25, choices: [{ delta: {}, finish_reason: 'length' }] });
  });

  test('are streamed one by one, between the deltas', async () => {
    const chunks = await open().stream(events);
    const seen = chunks.map(({ choices: [choice], activity }) => activity ?? choice?.delta.content ?? choice?.finish_reason);
    const running = (index: number): object => {
      const { result: _, ...rest } = told[index]!;
      return { ...rest, status: 'running' };
    };
    const ended = (index: number): object => {
      const { id, status, result } = told[index]!;
      return { id, status, result };
    };
    expect(seen).toEqual(['', 'Let me look. ', running(0), running(1), ended(1), ended(0), running(2), ended(2), 'Done.', 'stop']);
    for (const { choices } of chunks.filter(({ activity }) => activity !== undefined))
      expect(choices).toEqual([{ index: 0, delta: {}, logprobs: null, finish_reason: null }]);
  });

  test.each([
    ['words', 'lorem ipsum '.repeat(2730)],
    ['control characters', '\u0001'.repeat(32_768)],
    ['pairs of surrogates', `x${'🦊'.repeat(16_000)}`],
  ])('are streamed in pieces where they are long: %s', async (_, long) => {
    const input = { file_path: '/a', content: long };
    const script = agent([begin('t1', 'Write', input), done('t1', long, { isError: true }), begin('t2', 'Read', {}), done('t2', '')]);
    const chunks = await open(script).stream(events);
    expect(Math.max(...chunks.map((chunk) => new TextEncoder().encode(JSON.stringify(chunk)).length))).toBeLessThan(16_000);
    const all = chunks.flatMap(({ activity }) => (activity === undefined ? [] : [activity as Record<string, string>]));
    const own = all.filter(({ id }) => id === 't1');
    expect(JSON.parse(own.map(({ input_json: json = '' }) => json).join(''))).toEqual(input);
    expect(own.map(({ result = '' }) => result).join('') === long).toBe(true);
    expect(own.filter(({ name }) => name === 'Write').every((each) => !('input' in each) && each['status'] === 'running')).toBe(true);
    expect(own.map(({ status }) => status).filter((status) => status !== 'running')).toEqual(['failed']);
    expect(own.at(-1)).toMatchObject({ status: 'failed' });
    expect(all.slice(-2)).toEqual([
      { id: 't2', name: 'Read', input: {}, status: 'running' },
      { id: 't2', status: 'completed', result: '' },
    ]);
    expect((await open(script).whole(events)).activity).toMatchObject([{ input, result: long, status: 'failed' }, {}]);
  });

  test('end with the cost in the last chunk, and only there', async () => {
    for (const more of [{}, withUsage]) {
      const chunks = await open(agent(work, 'max_turns')).stream({ ...events, ...more });
      expect(chunks.at(-1)).toMatchObject({
        cost_usd: 0.25,
        limit: 'max_turns',
        choices: more === withUsage ? [] : [{ finish_reason: 'length' }],
      });
      for (const chunk of chunks.slice(0, -1)) for (const key of ['cost_usd', 'limit']) expect(chunk).not.toHaveProperty(key);
    }
  });

  test('of several choices each say whose they are; the cost is that of all', async () => {
    let count = 0;
    const script: Script = (turn, signal) => {
      const own = (count += 1);
      return agent([begin(`t${own}`, 'Read', { own }), done(`t${own}`, 'r')], own % 2 === 0 ? 'max_turns' : undefined)(turn, signal);
    };
    const completion = await open(script).whole({ ...events, n: 2 });
    expect(completion).toMatchObject({
      activity: [
        { index: 0, id: 't1', name: 'Read', input: { own: 1 }, result: 'r', status: 'completed' },
        { index: 1, id: 't2', name: 'Read', input: { own: 2 }, result: 'r', status: 'completed' },
      ],
      cost_usd: 0.5,
      limit: 'max_turns',
    });
    const chunks = await open(script).stream({ ...events, n: 2 });
    for (const [index, id] of ['t3', 't4'].entries()) {
      const own = chunks.filter(({ choices, activity }) => choices[0]?.index === index && activity !== undefined);
      expect(own.map(({ activity }) => activity)).toEqual([
        { id, name: 'Read', input: { own: index + 3 }, status: 'running' },
        { id, status: 'completed', result: 'r' },
      ]);
    }
    expect(chunks.filter((chunk) => 'cost_usd' in chunk)).toEqual([chunks.at(-1)]);
    expect(chunks.at(-1)).toMatchObject({ cost_usd: 0.5, limit: 'max_turns' });
  });

  test.each<[string, object]>([
    ['a stop that is cut here', { stop: '\n\n' }],
    ['a schema', { response_format: { type: 'json_object' } }],
  ])('pass with %s', async (_, body) => {
    const { whole, stream } = open(agent([...work.slice(1, -1), text('{"a":1}')]));
    expect(await whole({ ...events, ...body })).toMatchObject({ activity: told, cost_usd: 0.25 });
    const chunks = await stream({ ...events, ...body });
    expect(chunks.filter(({ activity }) => activity !== undefined)).toHaveLength(6);
    expect(chunks.at(-1)?.cost_usd).toBe(0.25);
  });
});

describe('activity reasoning', () => {
  const asReasoning = { activity: 'reasoning' };
  const lines = [
    'Read: {"file_path":"/a"}\n',
    'Bash: {"command":"ls"}\n',
    '→ failed: no ls here\n',
    '→ completed: one\n',
    'Write: {"file_path":"/etc/x"}\n',
    '→ denied: outside\n',
  ];

  test('is lines in the order of what was done, whole and streamed', async () => {
    const { whole, stream } = open();
    const completion = await whole(asReasoning);
    expect(completion.choices[0]?.message).toMatchObject({ content: 'Let me look. Done.', reasoning_content: lines.join('') });
    const chunks = await stream(asReasoning);
    expect(chunks.flatMap(({ choices }) => choices[0]?.delta.reasoning_content ?? [])).toEqual(lines);
    expect(contentOf(chunks)).toBe('Let me look. Done.');
    for (const each of [completion, ...chunks]) for (const key of ['activity', 'cost_usd', 'limit']) expect(each).not.toHaveProperty(key);
  });

  test('stands on lines of its own among thoughts', async () => {
    const { whole } = open(
      agent([reasoning('hm'), reasoning(''), ...work.slice(1, 2), reasoning('so'), done('t1', 'one'), reasoning('well\n'), done('t2', '')]),
    );
    const expected = `hm\n${lines[0]}so\n→ completed: one\nwell\n→ completed: \n`;
    expect((await whole(asReasoning)).choices[0]?.message.reasoning_content).toBe(expected);
  });

  test('is cut where it is long, and never within a character', async () => {
    const { whole } = open(agent([begin('t1', 'Write', { content: 'x'.repeat(10_000) }), done('t1', `a\n\n b${'🦊'.repeat(10_000)}`)]));
    const [started = '', ended = '', ...more] = ((await whole(asReasoning)).choices[0]?.message.reasoning_content ?? '').split('\n');
    expect(more).toEqual(['']);
    expect(started).toMatch(/^Write: \{"content":"x{200,}…$/);
    expect(started.length).toBe('Write: '.length + 300);
    expect(ended).toMatch(/^→ completed: a b(🦊)+…$/u);
    expect(ended.length).toBeGreaterThan(200);
    expect(ended.length).toBeLessThanOrEqual('→ completed: '.length + 200);
  });

  test('is told for each choice by itself', async () => {
    const { whole, stream } = open();
    for (const { message } of (await whole({ ...asReasoning, n: 2 })).choices) expect(message.reasoning_content).toBe(lines.join(''));
    const chunks = await stream({ ...asReasoning, n: 2 });
    for (const index of [0, 1]) {
      const own = chunks.flatMap(({ choices: [choice] }) => (choice?.index === index ? (choice.delta.reasoning_content ?? []) : []));
      expect(own).toEqual(lines);
    }
  });

  test('a limit is a length', async () => {
    const { whole } = open(agent(work, 'max_budget'));
    expect((await whole(asReasoning)).choices[0]?.finish_reason).toBe('length');
  });
});

test('nothing numeric stands in a delta, where clients add it up', async () => {
  const script = agent([begin('t1', 'Read', { limit: 3, nested: { at: [1] } }), done('t1', '5')], 'max_turns');
  for (const activity of ['events', 'reasoning']) {
    for (const chunk of await open(script).stream({ activity, ...withUsage })) {
      for (const { delta } of chunk.choices) expect(Object.values(delta).filter((value) => typeof value !== 'string')).toEqual([]);
    }
  }
});
