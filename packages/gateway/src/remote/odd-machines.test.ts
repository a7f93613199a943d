import { Hono } from 'hono';
import { afterEach, expect, test, vi } from 'vitest';
import { createWait } from '../basics/waiting.ts';
import { webSha256 } from '../ports/sha256.ts';
import { createScriptedRunner, textScript, type Script } from '../testing/create-scripted-runner.ts';
import { plainTurn } from '../testing/sample-turns.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import type { Turn } from '../turn/turn.ts';
import { addRunnerRoutes } from './add-runner-routes.ts';
import { createRemoteRunner, type RemoteRunner, type RemoteRunnerOptions } from './create-remote-runner.ts';
import { paths, versionHeader } from './protocol.ts';

const token = 'ccapi_of-the-tests-0123456789';
const tokenHash = `sha256:${await webSha256(token)}`;
const hi: Turn = { ...plainTurn, tenant: 'one' };

type Answer = (request: Request) => Response | Promise<Response>;

/** A machine that is well, and says its name. */
function well(name: string): Answer {
  const app = new Hono();
  addRunnerRoutes(app, createScriptedRunner({ script: textScript([name]) }), { tokenHashes: [tokenHash] });
  return (request) => app.fetch(request);
}

/** One that is well, but answers so what is asked of it at one path. */
const oddAt = (path: string, answer: Answer): Answer => {
  const usual = well('odd');
  return (request) => (new URL(request.url).pathname === path ? answer(request) : usual(request));
};
const say = (body: BodyInit, status = 200): Response => new Response(body, { status, headers: { [versionHeader]: '1' } });
const never = (): Promise<never> => new Promise(() => {});

const open: RemoteRunner[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(open.splice(0).map((each) => each.close()));
});

function connect(machines: Readonly<Record<string, Answer>>, options: Partial<RemoteRunnerOptions> = {}): RemoteRunner {
  const runner = createRemoteRunner({
    machines: Object.keys(machines).map((name) => `http://${name}`),
    token,
    pollMs: 20_000,
    async fetch(input, init) {
      const request = new Request(input, init);
      const answer = machines[new URL(request.url).host];
      if (answer === undefined) throw new TypeError('fetch failed');
      return answer(request);
    },
    ...options,
  });
  open.push(runner);
  return runner;
}

async function textFrom(runner: RemoteRunner, turn: Turn = hi): Promise<string> {
  const events: TurnEvent[] = [];
  for await (const event of runner.run(turn, new AbortController().signal, undefined)) events.push(event);
  return events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
}

test('who asks how all are, or for a turn, does not wait for a machine that answers nothing', async () => {
  const runner = connect({ silent: never, a: well('a') });
  expect(await runner.health()).toMatchObject({ healthy: true, details: { machines: { 'http://a': { status: 'ok' } } } });
  expect(await textFrom(runner)).toBe('a');
});

test('a list that takes without end is as one that can not be read', async () => {
  let isStuck = false;
  const runner = connect({ a: well('a') }, { machines: () => (isStuck ? never() : ['http://a']) });
  expect(await textFrom(runner)).toBe('a');
  isStuck = true;
  vi.useFakeTimers();
  const asking = runner.health();
  await vi.advanceTimersByTimeAsync(5000);
  expect(await asking).toMatchObject({ healthy: true });
});

test('an empty list takes no machine away: a file is empty while it is written', async () => {
  let list = ['http://a'];
  const runner = connect({ a: well('a'), b: well('b') }, { machines: () => list });
  expect(await textFrom(runner)).toBe('a');
  list = [];
  await runner.health();
  expect(await textFrom(runner)).toBe('a');
  list = ['http://b'];
  await runner.health();
  expect(await textFrom(runner)).toBe('b');
});

test('a machine is one, however its URL is written', async () => {
  const runner = connect({ a: well('a') }, { machines: ['http://a', 'http://A/', ' http://a:80//', 'HTTP://a'] });
  expect(await textFrom(runner)).toBe('a');
  expect(runner.machines()).toMatchObject([{ name: 'http://a', status: 'ok' }]);
});

test('a machine of several addresses is one, by the first at which it can be asked', async () => {
  const one = well('one');
  const gone = new Set<string>();
  const at =
    (name: string): Answer =>
    (request) => {
      if (gone.has(name)) throw new TypeError('fetch failed');
      return one(request);
    };
  const runner = connect({ b: at('b'), a: at('a'), c: well('c') });
  const names = async (): Promise<unknown> => {
    await runner.health();
    return runner.machines().map(({ name, status }) => `${name} ${status}`);
  };
  expect(await names()).toEqual(['http://a ok', 'http://c ok']);
  gone.add('a');
  expect(await names()).toEqual(['http://b ok', 'http://c ok']);
  gone.add('b');
  expect(await names()).toEqual(['http://a gone', 'http://c ok']);
  gone.clear();
  expect(await names()).toEqual(['http://a ok', 'http://c ok']);
});

test('what a machine says of itself holds at all its addresses: a turn that it refuses goes to another', async () => {
  const stopping = { one: false, c: true };
  const machine = (name: 'one' | 'c'): Answer => {
    const app = new Hono();
    const runner = createScriptedRunner({ script: textScript([name]) });
    addRunnerRoutes(app, runner, { tokenHashes: [tokenHash], isStopping: () => stopping[name] });
    return (request) => app.fetch(request);
  };
  const one = machine('one');
  const runner = connect({ a: one, b: one, c: machine('c') });
  const turn = { ...hi, conversation: 'conv_1' };
  expect(await textFrom(runner, turn)).toBe('one');
  stopping.c = false;
  await runner.health();
  stopping.one = true;
  const said = { role: 'assistant', content: [{ type: 'text', text: 'one' }] } as const;
  expect(await textFrom(runner, { ...turn, messages: [...turn.messages, said, ...turn.messages] })).toBe('c');
});

test('what is no URL is a machine that is gone, and no more', async () => {
  const runner = connect({ a: well('a') }, { machines: ['nonsense', 'http://[::1', '', 'http://a'] });
  expect(await textFrom(runner)).toBe('a');
});

const failure = (changes: object): string =>
  JSON.stringify({
    error: { message: 'evil', status: 503, code: null, param: null, expose: true, resource: 'requests', ...changes },
  });

test.each<[string, Answer]>([
  ['a status that is none', () => say(failure({ status: 99_999 }), 500)],
  ['a failure that is told as none', () => say(failure({ status: 200 }), 500)],
  ['a failure of no form', () => say('{"error":"evil"}', 500)],
  ['no JSON', () => say('<html>', 500)],
  ['nothing', () => say('', 500)],
  ['half a line', () => say('{"type":"be')],
  ['events of no form', () => say('{"type":"text-delta"}\n')],
  ['an end that comes first, of no form', () => say('{"type":"end"}\n')],
  ['the same pictures, again and again', () => say('{"lacking":["sha256:1"]}', 409)],
  ['no list of pictures', () => say('{}', 409)],
])('of a machine that answers a turn with %s another is asked, or its failure is one of the machine', async (_, answer) => {
  const runner = connect({ odd: oddAt(paths.turns, answer) });
  await expect(textFrom(runner)).rejects.toMatchObject({
    name: 'GatewayError',
    status: expect.toSatisfy((status) => [502, 503].includes(status as number)),
  });
  const two = connect({ odd: oddAt(paths.turns, answer), a: well('a') });
  for (let times = 0; times < 3; times += 1) expect(await textFrom(two)).toBe('a');
});

test.each([
  ['no JSON', () => say('<html>')],
  ['another form', () => say('{"models":[{"id":1}]}')],
  ['a form without a version', () => new Response('{"models":[]}')],
  [
    'what has no end',
    () => say(new ReadableStream({ pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(1000))) })),
  ],
])('of a machine that answers questions with %s another is asked', async (_, answer) => {
  const asked = [paths.models, paths.abilities, paths.count];
  const machines = Object.fromEntries(asked.map((path, index) => [`odd${index}`, oddAt(path, answer)]));
  const runner = connect({ ...machines, a: well('a') }, { maxLineCharacters: 100_000 });
  expect((await runner.models()).length).toBeGreaterThan(0);
  expect(await runner.abilities?.('sonnet')).toBeDefined();
  expect(await runner.countTokens?.(hi, new AbortController().signal)).toBeUndefined();
  const alone = connect({ odd: oddAt(paths.models, answer) }, { maxLineCharacters: 100_000 });
  await expect(alone.models()).rejects.toMatchObject({ name: 'GatewayError' });
});

test('a state without end is no memory, and its machine is given nothing', async () => {
  const endless = (): Response =>
    say(new ReadableStream({ pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(1000))) }));
  const runner = connect({ odd: oddAt(paths.state, endless), a: well('a') }, { maxLineCharacters: 100_000 });
  expect(await textFrom(runner)).toBe('a');
  await runner.health();
  expect(runner.machines()).toMatchObject([{ status: 'gone' }, { status: 'ok' }]);
});

test("a turn's own time begins with its place on the machine, however long it waits for that there", async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const app = new Hono();
  const begun = createWait<void>();
  const script: Script = async function* (turn, signal) {
    if (turn.tenant === 'long') {
      begun.resolve();
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    }
    yield { type: 'text-delta', text: 'mine' };
    yield { type: 'turn-end', reason: 'end_turn' };
  };
  const queue = { maxRunning: 1, timeoutMs: 3_600_000 };
  // The time here runs faster than what threads do: a gateway's questions come later by it.
  addRunnerRoutes(app, createScriptedRunner({ script }), { ...{ tokenHashes: [tokenHash], queue }, gatewaySilenceMs: 3_600_000 });
  const runner = connect({ a: (request) => app.fetch(request) }, { pollMs: 5000 });
  const leaving = new AbortController();
  const events = runner.run({ ...hi, tenant: 'long' }, leaving.signal, undefined);
  const long = events[Symbol.asyncIterator]().next();
  long.catch(() => {});
  const step = async (): Promise<void> => {
    await vi.advanceTimersByTimeAsync(2500);
    for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setTimeout(resolve, 0));
  };
  await begun.promise;
  const waiting = textFrom(runner, { ...hi, timeoutMs: 1000 });
  // More than ten minutes beyond its own time.
  for (let passedMs = 0; passedMs < 700_000; passedMs += 2500) await step();
  leaving.abort();
  expect(await waiting).toBe('mine');
});

test('a machine that lives, and never tells anything of a turn, has failed it some time after its end was due', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const state = { isStopped: false, isOver: false, passedMs: 0 };
  const beats: Answer = ({ signal }) =>
    say(
      new ReadableStream({
        start(controller) {
          const timer = setInterval(() => controller.enqueue(new TextEncoder().encode('{"type":"beat"}\n')), 2000);
          // As fetch does it.
          signal.addEventListener('abort', () => {
            state.isStopped = true;
            clearInterval(timer);
            controller.error(signal.reason);
          });
        },
      }),
    );
  const runner = connect({ odd: oddAt(paths.turns, beats) });
  const turn = textFrom(runner, { ...hi, timeoutMs: 300_000 }).catch((error: unknown) => error);
  const failed = turn.finally(() => (state.isOver = true));
  // It is asked once more, there being no other.
  for (; !state.isOver && state.passedMs < 10_000_000; state.passedMs += 5000) {
    await vi.advanceTimersByTimeAsync(5000);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  expect(await failed).toMatchObject({ name: 'GatewayError', status: 502 });
  expect(state.passedMs).toBeGreaterThan(900_000);
  expect(state.isStopped).toBe(true);
});
