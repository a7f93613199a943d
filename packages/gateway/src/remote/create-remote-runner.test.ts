import { Hono } from 'hono';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { GatewayError } from '../gateway-error.ts';
import type { ClaudeRunner, TurnSpending } from '../ports/claude-runner.ts';
import { webSha256 } from '../ports/sha256.ts';
import { createScriptedRunner, textScript, type Script } from '../testing/create-scripted-runner.ts';
import { runnerContract } from '../testing/runner-contract.ts';
import { plainTurn, toScript, type SampleTurn } from '../testing/sample-turns.ts';
import type { ScriptEvent } from '../testing/script-blocks.ts';
import type { Message } from '../turn/message.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import type { Turn } from '../turn/turn.ts';
import { noUsage } from '../turn/usage.ts';
import { addRunnerRoutes, type RunnerRoutesOptions } from './add-runner-routes.ts';
import { createRemoteRunner, type RemoteRunner, type RemoteRunnerOptions } from './create-remote-runner.ts';
import { versionHeader } from './protocol.ts';

const token = 'ccapi_of-the-tests-0123456789';
const tokenHash = `sha256:${await webSha256(token)}`;

const hi: Turn = { ...plainTurn, tenant: 'one' };
const follow = (text: string, more: Partial<Turn> = {}): Turn => ({
  ...hi,
  messages: [...hi.messages, say('assistant', 'Hello world'), say('user', text)],
  ...more,
});
function say(role: 'user' | 'assistant', text: string): Message {
  return { role, content: [{ type: 'text', text }] };
}

interface TestMachine {
  readonly runner: ClaudeRunner & { readonly turns?: readonly Turn[] };
  readonly app: Hono;
  /** What becomes of requests. */
  mode: 'well' | 'gone' | 'silent';
  draining: boolean;
  readonly requests: Request[];
}

function createMachine(runner: TestMachine['runner'], options: Partial<RunnerRoutesOptions> = {}): TestMachine {
  const machine: TestMachine = { runner, app: new Hono(), mode: 'well', draining: false, requests: [] };
  addRunnerRoutes(machine.app, runner, { tokenHashes: [tokenHash], isStopping: () => machine.draining, ...options });
  return machine;
}

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

/** A gateway's runner before machines of these names, without a network between. */
function connect(machines: Readonly<Record<string, TestMachine>>, options: Partial<RemoteRunnerOptions> = {}): RemoteRunner {
  const runner = createRemoteRunner({
    machines: Object.keys(machines).map((name) => `http://${name}`),
    token,
    pollMs: 20_000,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const machine = machines[new URL(request.url).host];
      if (machine === undefined || machine.mode === 'gone') throw new TypeError('fetch failed');
      machine.requests.push(request.clone());
      if (machine.mode === 'silent')
        return new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)));
      return machine.app.fetch(request);
    },
    ...options,
  });
  open.push(runner);
  return runner;
}

/** What there is to do on its one machine. */
async function roomOf(runner: RemoteRunner): Promise<unknown> {
  await runner.health();
  return runner.machines()[0]?.room;
}

async function gather(runner: ClaudeRunner, turn: Turn = hi, signal = new AbortController().signal, spending?: TurnSpending) {
  const events: TurnEvent[] = [];
  for await (const event of runner.run(turn, signal, spending)) events.push(event);
  return events;
}

const textOf = (events: readonly TurnEvent[]): string => events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
const saying = (text: string, script: Script = textScript([text])) => createScriptedRunner({ script });

/** Says a word, and then nothing. */
async function* stall(): AsyncGenerator<ScriptEvent> {
  yield { type: 'turn-start', model: 'claude-slow', usage: noUsage };
  yield { type: 'text-delta', text: 'Well' };
  await new Promise(() => {});
}

test('it is made without randomness, which workers have only once there is a request', () => {
  const random = vi.spyOn(crypto, 'randomUUID');
  try {
    connect({});
    expect(random).not.toHaveBeenCalled();
  } finally {
    random.mockRestore();
  }
});

describe('through a machine, the contract of runners holds', () => {
  const through = (runner: ClaudeRunner): ClaudeRunner => connect({ one: createMachine(runner) });
  const failing = (when: 'before' | 'within'): ClaudeRunner =>
    createScriptedRunner({
      *script(turn, signal) {
        if (when === 'within') yield* [...(textScript(['Well'])(turn, signal) as Iterable<ScriptEvent>)].slice(0, 3);
        throw new GatewayError('It has failed.', { status: 502 });
      },
    });
  const checks = runnerContract({
    create: () => through(createScriptedRunner()),
    createSlow: () => through(createScriptedRunner({ script: stall })),
    createSaying: (sample: SampleTurn) => through(createScriptedRunner({ script: () => toScript(sample) })),
    createFailing: (when) => through(failing(when)),
  });
  test.each(checks)('$name', ({ run }) => run());
});

test('an error is the same here as there', async () => {
  const error = new GatewayError('Too much.', {
    ...{ status: 429, code: 'rate_limit_exceeded', param: 'messages', resource: 'tokens', retryAfterSeconds: 7 },
    ...{ shouldRetry: false, upstreamRequestId: 'req_1', option: 'turnTimeoutMs', expose: false },
  });
  const script: Script = () => {
    throw error;
  };
  const runner = connect({ one: createMachine(saying('', script)) });
  const thrown = await gather(runner).catch((failure: unknown) => failure);
  expect(thrown).toBeInstanceOf(GatewayError);
  expect(Object.entries(thrown as GatewayError)).toEqual(Object.entries(error));
  expect(thrown).toHaveProperty('message', 'Too much.');
});

test.each([301, 302, 303, 307, 308])('a machine that leads elsewhere (%i) is not followed, and gets nothing more', async (status) => {
  const asked: string[] = [];
  const runner = connect(
    {},
    {
      machines: ['http://one'],
      async fetch(input, init) {
        const request = new Request(input, init);
        asked.push(request.url);
        // Workers refuse any other.
        expect(request.redirect).toBe('manual');
        return new Response(null, { status, headers: { location: 'http://elsewhere' } });
      },
    },
  );
  await expect(gather(runner)).rejects.toMatchObject({ status: 503, code: 'runner_unavailable' });
  expect(new Set(asked)).toEqual(new Set(['http://one/runner/state']));
});

test('machines are asked again how they are, also where the timer for that has ended with the request that began it', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  try {
    const [one, other] = [createMachine(createScriptedRunner()), createMachine(createScriptedRunner())];
    other.mode = 'gone';
    const runner = connect({ one, other }, { pollMs: 1000 });
    await gather(runner);
    expect(runner.machines().map(({ status }) => status)).toEqual(['ok', 'gone']);
    // As workers do.
    vi.clearAllTimers();
    other.mode = 'well';
    vi.advanceTimersByTime(2001);
    await gather(runner);
    expect(runner.machines().map(({ status }) => status)).toEqual(['ok', 'ok']);
  } finally {
    vi.useRealTimers();
  }
});

test('where the request that asks how machines are is gone, others wait for its answer for eight seconds at most', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'] });
  try {
    const machine = createMachine(createScriptedRunner());
    let asked = 0;
    const runner = connect(
      { one: machine },
      {
        fetch: async (input, init) => {
          asked += 1;
          return asked === 1 ? new Promise<never>(() => {}) : machine.app.fetch(new Request(input, init));
        },
      },
    );
    void gather(runner).catch(() => {});
    // As workers do.
    vi.clearAllTimers();
    const later = gather(runner);
    await vi.advanceTimersByTimeAsync(8000);
    expect(textOf(await later)).toBe('Hello world');
  } finally {
    vi.useRealTimers();
  }
});

test('what a turn costs is told as it goes', async () => {
  const told: unknown[] = [];
  const spending: TurnSpending = { sent: () => told.push('sent'), used: (usage, cost) => told.push([usage.inputTokens, cost]) };
  const inner = createScriptedRunner();
  const runner = connect({
    one: createMachine({
      ...inner,
      async *run(turn, signal, spent) {
        spent?.sent();
        spent?.used({ ...noUsage, inputTokens: 5 }, 0.5);
        yield* inner.run(turn, signal);
      },
    }),
  });
  await gather(runner, hi, undefined, spending);
  expect(told).toEqual(['sent', [5, 0.5]]);
});

test('the turn is the same there, but for what is left of its time', async () => {
  const machine = createMachine(saying('x'));
  const turn: Turn = {
    ...follow('go on'),
    ...{ profile: 'agent', conversation: 'conv_1', requestId: 'req_1', timeoutMs: 5000, betas: ['b'], extra: { service_tier: 'auto' } },
    tools: [{ name: 'look', description: '', inputSchema: { type: 'object' }, strict: true }],
    toolChoice: { type: 'any', disableParallel: true },
  };
  await gather(connect({ one: machine }), turn);
  const [{ timeoutMs, ...got } = hi] = machine.runner.turns ?? [];
  const { timeoutMs: _given, ...sent } = turn;
  expect(got).toEqual(sent);
  expect(timeoutMs).toBeGreaterThan(0);
  expect(timeoutMs).toBeLessThanOrEqual(5000);
});

describe('pictures', () => {
  const picture = (data: string): Turn => ({
    ...hi,
    messages: [
      { role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }] },
      say('assistant', 'A cat.'),
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'toolu_1',
            content: [{ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: data.repeat(2) } }],
          },
        ],
      },
    ],
  });
  const large = 'A'.repeat(5000);
  const sizes = async (machine: TestMachine): Promise<number[]> =>
    Promise.all(machine.requests.filter(({ url }) => url.endsWith('/turns')).map(async (request) => (await request.text()).length));

  test('travel once, and arrive each time', async () => {
    const machine = createMachine(saying('x'));
    const runner = connect({ one: machine });
    for (let round = 0; round < 3; round += 1) await gather(runner, picture(large));
    expect(machine.runner.turns).toEqual(Array.from({ length: 3 }, () => picture(large)));
    const [first = 0, ...later] = await sizes(machine);
    expect(first).toBeGreaterThan(15_000);
    for (const size of later) expect(size).toBeLessThan(2000);
  });

  test('and again when the machine has them no more', async () => {
    const machine = createMachine(saying('x'), { maxMediaCharacters: 1 });
    const runner = connect({ one: machine });
    await gather(runner, picture(large));
    await gather(runner, hi);
    await gather(runner, picture('B'.repeat(5000)));
    await gather(runner, picture(large));
    expect(machine.runner.turns?.at(-1)).toEqual(picture(large));
  });

  test('of one tenant are never those of another, whatever it says', async () => {
    const machine = createMachine(saying('x'));
    const runner = connect({ one: machine });
    await gather(runner, picture(large));
    const stolen = `sha256:${await webSha256(large)}`;
    await gather(runner, { ...picture(stolen), tenant: 'other' });
    expect(JSON.stringify(machine.runner.turns?.at(-1))).not.toContain(large);
    expect(machine.runner.turns?.at(-1)).toEqual({ ...picture(stolen), tenant: 'other' });
  });
});

describe('placement', () => {
  const three = () => ({ a: createMachine(saying('a')), b: createMachine(saying('b')), c: createMachine(saying('c')) });

  test('a conversation stays on its machine, known by its id or by its history', async () => {
    const runner = connect(three());
    for (let index = 0; index < 10; index += 1) {
      const named = { ...hi, conversation: `conv_${index}` };
      const first = textOf(await gather(runner, named));
      expect(textOf(await gather(runner, follow('more', { conversation: `conv_${index}` })))).toBe(first);
      const system = [{ type: 'text' as const, text: `${index}` }];
      const question = say('user', `question ${index}`);
      const place = textOf(await gather(runner, { ...hi, system, messages: [question] }));
      const messages = [question, say('assistant', place), say('user', 'more')];
      expect(textOf(await gather(runner, { ...hi, system, messages }))).toBe(place);
    }
  });

  test('another gateway finds it there', async () => {
    const machines = three();
    const one = connect(machines);
    const places = new Map<string, string>();
    for (let index = 0; index < 12; index += 1)
      places.set(`conv_${index}`, textOf(await gather(one, { ...hi, conversation: `conv_${index}` })));
    expect(new Set(places.values()).size).toBe(3);
    const other = connect(machines);
    for (const [conversation, place] of places) expect(textOf(await gather(other, follow('more', { conversation })))).toBe(place);
  });

  test('new ones go elsewhere while a machine is full', async () => {
    const machines = {
      a: createMachine(saying('', stall), { queue: { maxRunning: 1 } }),
      b: createMachine(saying('', stall), { queue: { maxRunning: 1 } }),
    };
    const runner = connect(machines);
    const running = ['conv_1', 'conv_2'].map((conversation) => {
      const events = runner.run({ ...hi, conversation }, new AbortController().signal)[Symbol.asyncIterator]();
      return { events, first: events.next() };
    });
    await Promise.all(running.map(({ first }) => first));
    expect([machines.a.runner.turns?.length, machines.b.runner.turns?.length]).toEqual([1, 1]);
    for (const { events } of running) await events.return?.();
  });
});

describe('a machine that fails', () => {
  test.each(['gone', 'silent'] as const)(
    'before the first event (%s) is replaced by another, and is left out until it is well',
    async (mode) => {
      const machines = { a: createMachine(saying('a')), b: createMachine(saying('b')) };
      const runner = connect(machines, { heartbeatMs: 50 });
      const first = textOf(await gather(runner, { ...hi, conversation: 'conv_1' })) as 'a' | 'b';
      machines[first].mode = mode;
      const moved = textOf(await gather(runner, follow('more', { conversation: 'conv_1' })));
      expect(moved).not.toBe(first);
      expect(runner.machines().find(({ name }) => name === `http://${first}`)?.status).toBe('gone');
      machines[first].mode = 'well';
      await runner.health();
      expect(runner.machines().map(({ status }) => status)).toEqual(['ok', 'ok']);
    },
  );

  test('is not replaced twice', async () => {
    const machines = { a: createMachine(saying('a')), b: createMachine(saying('b')), c: createMachine(saying('c')) };
    const runner = connect(machines, { heartbeatMs: 50 });
    await runner.health();
    for (const machine of Object.values(machines)) machine.mode = 'gone';
    await expect(gather(runner)).rejects.toMatchObject({ status: 503, code: 'runner_unavailable' });
    expect(runner.machines().filter(({ status }) => status === 'gone').length).toBeGreaterThanOrEqual(2);
  });

  test('in mid-answer: the turn fails, and says so', async () => {
    const inner = createScriptedRunner({ script: stall });
    const machine = createMachine(inner);
    const runner = connect(
      { one: machine },
      {
        heartbeatMs: 50,
        fetch: async (input, init) => {
          const request = new Request(input, init);
          const response = await machine.app.fetch(request);
          if (!request.url.endsWith('/turns')) return response;
          // The link is up to the first text, and then carries nothing more.
          const reader = response.body!.getReader();
          let seen = '';
          const body = new ReadableStream<Uint8Array>({
            async pull(controller) {
              if (seen.includes('Well'))
                return new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)));
              const { value = new Uint8Array() } = await reader.read();
              seen += new TextDecoder().decode(value);
              controller.enqueue(value);
            },
          });
          return new Response(body, { headers: response.headers });
        },
      },
    );
    const events: TurnEvent[] = [];
    const running = (async () => {
      for await (const event of runner.run(hi, new AbortController().signal)) events.push(event);
    })();
    await expect(running).rejects.toMatchObject({ status: 502, code: 'upstream_error' });
    expect(textOf(events)).toBe('Well');
  });

  test('a model that is silent for long is no dead link', async () => {
    const slow: Script = async function* (turn, signal) {
      await new Promise((resolve) => setTimeout(resolve, 700));
      yield* textScript(['late'])(turn, signal) as Iterable<ScriptEvent>;
    };
    expect(textOf(await gather(connect({ one: createMachine(saying('', slow)) }, { heartbeatMs: 60 })))).toBe('late');
  });

  test('nor is a caller that reads nothing for long', async () => {
    const runner = connect({ one: createMachine(saying('', textScript(Array.from({ length: 50 }, () => 'x')))) }, { heartbeatMs: 50 });
    const events: TurnEvent[] = [];
    for await (const event of runner.run(hi, new AbortController().signal)) {
      events.push(event);
      if (events.length === 5) await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(textOf(events)).toHaveLength(50);
  });

  test('one that drains gets nothing new, and ends what it has begun', async () => {
    const slow: Script = async function* (turn, signal) {
      yield { type: 'turn-start', model: 'claude-slow', usage: noUsage };
      await new Promise((resolve) => setTimeout(resolve, 200));
      yield* [...(textScript(['done'])(turn, signal) as Iterable<ScriptEvent>)].slice(1);
    };
    const machines = { a: createMachine(saying('', slow)), b: createMachine(saying('b')) };
    const runner = connect({ a: machines.a });
    const running = gather(runner, hi);
    await expect.poll(() => machines.a.runner.turns).toHaveLength(1);
    machines.a.draining = true;
    expect(textOf(await running)).toBe('done');
    await expect(gather(runner, hi)).rejects.toMatchObject({ status: 503 });
    const both = connect(machines);
    for (let index = 0; index < 6; index += 1) expect(textOf(await gather(both, { ...hi, conversation: `conv_${index}` }))).toBe('b');
    expect(
      both
        .machines()
        .map(({ status }) => status)
        .toSorted(),
    ).toEqual(['draining', 'ok']);
  });

  test('one of another version is left out, and why is told to its operator alone', async () => {
    const machine = createMachine(saying('a'));
    const runner = connect(
      { a: machine },
      {
        fetch: async (input, init) => {
          const response = await machine.app.fetch(new Request(input, init));
          response.headers.set(versionHeader, '99');
          return response;
        },
      },
    );
    const thrown = (await gather(runner).catch((error: unknown) => error)) as GatewayError;
    expect(thrown).toMatchObject({ status: 503, code: 'runner_unavailable' });
    expect(thrown.message).not.toContain('99');
    expect(runner.machines()[0]?.problem).toContain('version 99');
    const { healthy, details } = await runner.health();
    expect(healthy).toBe(false);
    expect(JSON.stringify(details)).toContain('Install the same release on both');
  });

  test('a wrong token is told to the operator alone', async () => {
    const runner = connect({ a: createMachine(saying('a')) }, { token: 'wrong-token-0123456789' });
    await expect(gather(runner)).rejects.toMatchObject({ status: 503, code: 'runner_unavailable' });
    expect(runner.machines()[0]?.problem).toContain('token');
  });

  test('the turns of a gateway that is not heard of any more are ended, and give their places back', async () => {
    const machine = createMachine(saying('', stall), { gatewaySilenceMs: 60, queue: { maxRunning: 1 } });
    const lost = connect({ a: machine });
    await expect(gather(lost)).rejects.toMatchObject({ status: 502 });
    await expect.poll(() => roomOf(lost)).toMatchObject({ running: 0 });
  });
});

test('tokens are counted there; what fails upstream is told as it is, and is no fault of the machine', async () => {
  const inner = createScriptedRunner();
  const limited = new GatewayError('Slower.', { status: 429, code: 'rate_limit_exceeded', retryAfterSeconds: 3 });
  const count = async (countTokens: ClaudeRunner['countTokens']): Promise<unknown> => {
    const runner = connect({ a: createMachine({ ...inner, ...(countTokens !== undefined && { countTokens }) }) });
    const counted = await runner.countTokens?.(hi, new AbortController().signal).catch((error: unknown) => error);
    expect(runner.machines()).toMatchObject([{ status: 'ok' }]);
    return counted;
  };
  expect(await count(async (turn) => turn.messages.length * 7)).toBe(7);
  expect(await count(async () => undefined)).toBeUndefined();
  expect(await count(undefined)).toBeUndefined();
  expect(await count(() => Promise.reject(limited))).toMatchObject({ status: 429, code: 'rate_limit_exceeded', retryAfterSeconds: 3 });
});

test('leaving a turn stops it there, and gives its place back', async () => {
  const machine = createMachine(saying('', stall), { queue: { maxRunning: 1 } });
  const runner = connect({ a: machine });
  for (let round = 0; round < 3; round += 1) {
    for await (const event of runner.run(hi, new AbortController().signal)) if (event.type === 'text-delta') break;
    await expect.poll(() => roomOf(runner)).toMatchObject({ running: 0, queued: 0 });
  }
});

test('a gateway that leaves as its turn gets a place keeps none', async () => {
  const machine = createMachine(saying('', stall), { queue: { maxRunning: 1 } });
  const runner = connect({ a: machine });
  for (let round = 0; round < 30; round += 1) {
    const leaving = new AbortController();
    const running = gather(runner, hi, leaving.signal).catch(() => {});
    for (let turns = 0; turns < round; turns += 1) await Promise.resolve();
    leaving.abort();
    await running;
  }
  await expect.poll(() => roomOf(runner)).toMatchObject({ running: 0, queued: 0 });
});

test('a turn that its gateway has left is ended there, also where nobody on the way tells of it; others go on', async () => {
  const machine = createMachine(createScriptedRunner({ script: stall }));
  // A proxy that holds on to the machine when its caller has gone.
  const behindProxy = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const response = await machine.app.fetch(new Request(input, { ...init, signal: null }));
    return new Response(response.body?.tee()[0] ?? null, response);
  };
  const runner = connect({ one: machine }, { fetch: behindProxy });
  const stay = runner.run(hi, new AbortController().signal)[Symbol.asyncIterator]();
  await stay.next();
  for await (const event of runner.run(follow('Again'), new AbortController().signal)) if (event.type === 'text-delta') break;
  expect(await roomOf(runner)).toMatchObject({ running: 1 });
  await stay.return?.();
  expect(await roomOf(runner)).toMatchObject({ running: 0 });
});

test('one that is full is not left out', async () => {
  const machine = createMachine(saying('', stall), { queue: { maxRunning: 1, maxWaiting: 0 } });
  const runner = connect({ a: machine });
  const events = runner.run(hi, new AbortController().signal)[Symbol.asyncIterator]();
  await events.next();
  await expect(gather(runner, hi)).rejects.toMatchObject({ status: 429 });
  expect(runner.machines()).toMatchObject([{ status: 'ok' }]);
  await events.return?.();
});

test('machines come and go with their list, and a list that can not be read changes nothing', async () => {
  const machines = { a: createMachine(saying('a')), b: createMachine(saying('b')) };
  let list: string[] | undefined = ['http://a/'];
  const runner = connect(machines, {
    machines: () => {
      if (list === undefined) throw new Error('no list');
      return list;
    },
  });
  expect(textOf(await gather(runner))).toBe('a');
  list = ['http://b'];
  await runner.health();
  expect(textOf(await gather(runner))).toBe('b');
  list = undefined;
  await runner.health();
  expect(textOf(await gather(runner))).toBe('b');
});

test('a line without end is no memory', async () => {
  const machine = createMachine(saying('', textScript(['x'.repeat(100_000)])));
  await expect(gather(connect({ a: machine }, { maxLineCharacters: 10_000 }))).rejects.toMatchObject({ status: 502 });
});
