/**
 * Has the runner read what no CLI should write: 1,500 generated outputs of a CLI that is none, and sixty of a real
 * process. Run it with `npx vitest run test/endurance/fuzz/cli-output.test.ts`; another seed by `FUZZ_SEED=2`, more by `FUZZ_RUNS=10000`.
 */
import type * as ChildProcess from 'node:child_process';
import { GatewayError, type ClaudeRunner, type Message, type Turn, type TurnEvent } from '@claude-code-api/gateway';
// The source, also where the rest is run as it is built: what is built gets the real `spawn`.
import { createCliRunner, pureProfile } from '../../../packages/node/src/index.ts';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFakeCli } from '../../support/cli/create-fake-cli.ts';
import { childProcesses } from '../../support/cli/child-processes.ts';
import { silentLogger as logger } from '../../support/silent-logger.ts';
import { until } from '../../support/until.ts';
import { agentTurn, modelTurn } from './cli-lines.ts';
import { cliOutput, maxLineBytes, type CliOutput } from './cli-output.ts';
import { createFakeChildren, type FakeChildren } from './create-fake-children.ts';
import { isLong } from '../is-long.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const runs = Number(process.env['FUZZ_RUNS'] ?? (isLong ? 1500 : 400));
/** So many outputs are read at once, on the average. */
const batch = 20;
/** Whatever a CLI does, the turn is over soon after. The long form is told how many were answered: a busy machine is to have the time. */
const turnMs = isLong ? 1000 : 150;
const patienceMs = 10_000;

const fakes = vi.hoisted((): { children: FakeChildren | undefined } => ({ children: undefined }));
vi.mock('node:child_process', async (original) => {
  const real = await original<typeof ChildProcess>();
  return { ...real, spawn: (...options: Parameters<typeof real.spawn>) => fakes.children?.spawn() ?? real.spawn(...options) };
});

let runner: ClaudeRunner;
let unhandled: unknown[];
const onUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => {
  unhandled = [];
  process.on('unhandledRejection', onUnhandled).on('uncaughtException', onUnhandled);
});
afterEach(async () => {
  vi.restoreAllMocks();
  fakes.children?.killAll();
  fakes.children = undefined;
  await runner.close();
  process.off('unhandledRejection', onUnhandled).off('uncaughtException', onUnhandled);
});

/** A runner whose processes are none. */
function startFake(): FakeChildren {
  const children = createFakeChildren();
  fakes.children = children;
  const kill = process.kill.bind(process);
  vi.spyOn(process, 'kill').mockImplementation((pid, signal) =>
    Math.abs(pid) >= 50_000_000 ? children.kill(pid, signal) : kill(pid, signal),
  );
  runner = createCliRunner({ ...options, cli: { path: 'claude', version: '2.1.330', source: 'a test' }, processes });
  return children;
}

// A process that is kept by mistake stays, so that it is found.
const processes = { minIdle: 1, maxIdle: 4, maxLive: 10_000, liveIdleMs: 600_000 };
const options = {
  logger,
  environment: { ANTHROPIC_API_KEY: 'key', PATH: process.env['PATH'] },
  processes,
  startTimeoutMs: 5000,
  firstEventTimeoutMs: 5000,
  maxLineBytes,
  profiles: { agent: { ...pureProfile, tools: ['Read', 'Bash'] } },
};

type Ended = { readonly events: readonly TurnEvent[]; readonly error: unknown };

const say = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });

/** Runs a turn to its end, however it ends; it must end. */
async function run(messages: readonly Message[], profile: string | undefined, timeoutMs: number): Promise<Ended> {
  const turn: Turn = {
    model: 'claude-fake',
    system: [],
    messages,
    tools: [{ name: 'look_up', description: '', inputSchema: { type: 'object' }, strict: false }],
    sampling: {},
    thinking: { type: 'off' },
    tenant: '',
    timeoutMs,
    ...(profile !== undefined && { profile }),
  };
  const events: TurnEvent[] = [];
  const running = (async () => {
    for await (const event of runner.run(turn, new AbortController().signal)) events.push(event);
  })();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the turn hangs after ${JSON.stringify(events).slice(0, 500)}`)), patienceMs);
  });
  try {
    await Promise.race([running, late]);
    return { events, error: undefined };
  } catch (error) {
    return { events, error };
  } finally {
    clearTimeout(timer);
  }
}

/** It failed with an error for callers, or it is an answer: begun once at most, and ended once, at its end. */
function checkEnd({ events, error }: Ended): void {
  const types = events.map(({ type }) => type);
  if (error !== undefined) {
    if (!GatewayError.isInstance(error)) throw new Error('not an error for callers', { cause: error });
    if (types.includes('turn-end')) throw new Error(`an error behind the end: ${error.message}`);
    return;
  }
  if (types.indexOf('turn-start') !== types.lastIndexOf('turn-start')) throw new Error(`it begins twice: ${types.join()}`);
  if (types.indexOf('turn-end') !== types.length - 1) throw new Error(`it does not end with its only turn-end: ${types.join()}`);
}

async function checkGood(text: string, profile: string | undefined): Promise<void> {
  const { events, error } = await run([say(text)], profile, patienceMs);
  const told = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
  if (error !== undefined || told !== text) throw new Error(`the next turn: ${String(error)} ${told}`, { cause: error });
}

test.each([
  ['the model', undefined, modelTurn],
  ['an agent', 'agent', agentTurn],
])(`some ${runs / 2} outputs of %s (FUZZ_SEED=${seed})`, { timeout: 300_000, retry: 0 }, async (_, profile, turn) => {
  const children = startFake();
  const outputs = new Map<string, CliOutput>();
  children.outputFor = (text) => outputs.get(text);
  const counts = { answers: 0, errors: new Map<string | null, number>() };
  let asked = 0;

  async function check(generated: CliOutput): Promise<void> {
    const name = `output ${(asked += 1)}`;
    // One of its own: the same one is generated again while a failure is made smaller.
    const output = { ...generated };
    outputs.set(name, output);
    const ended = await run([say(name)], profile, turnMs);
    checkEnd(ended);
    if (GatewayError.isInstance(ended.error)) counts.errors.set(ended.error.code, (counts.errors.get(ended.error.code) ?? 0) + 1);
    else counts.answers += 1;
    const served = children.all.filter(({ written }) => written.includes(output));
    // Asked on, it may answer or fail, but it does not hang either.
    const answer = ended.events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : [])).join('');
    if (ended.error === undefined && answer.trim() !== '')
      checkEnd(
        await run([say(name), { role: 'assistant', content: [{ type: 'text', text: answer }] }, say('and on')], profile, turnMs * 2),
      );
    await until(() => served.every((child) => !child.isWriting), 'the end of what is written');
    const kept = (): boolean => served.some((child) => !child.isDead && (child.hasBrokenProtocol || ended.error !== undefined));
    await until(
      () => !kept(),
      () => `the end of a process that ${ended.error === undefined ? 'has broken its protocol' : 'has failed'}, of ${served.length}`,
      5000,
    );
    await checkGood(`fine ${asked}`, profile);
    outputs.delete(name);
  }

  await fc.assert(
    fc.asyncProperty(fc.array(cliOutput(turn), { minLength: 1, maxLength: 2 * batch, size: 'max' }), async (all) => {
      await Promise.all(all.map(check));
      if (unhandled.length > 0) throw new Error(`unhandled: ${String(unhandled[0])}`, { cause: unhandled[0] });
    }),
    { seed, numRuns: Math.ceil(runs / 2 / batch), interruptAfterTimeLimit: 150_000 },
  );
  console.log(`${asked} outputs: ${counts.answers} answers, ${JSON.stringify(Object.fromEntries(counts.errors))}`);
  // Where nothing is ever answered, or nothing ever fails, little is tried.
  if (runs < 1500) return;
  expect(counts.answers).toBeGreaterThan(asked / 50);
  expect([...counts.errors.keys()]).toEqual(expect.arrayContaining(['upstream_error', 'timeout']));
});

test(`control requests that are answered in odd ways (FUZZ_SEED=${seed})`, { timeout: 120_000, retry: 0 }, async () => {
  const children = startFake();
  const change = fc.constantFrom<(line: string) => string | undefined>(
    () => undefined,
    (line) => `${line}\n${line}`,
    (line) => line.replace('success', 'error'),
    (line) => line.replace('success', ''),
    (line) => line.replace('"response":{}', '"response":{"models":7,"__proto__":[]}'),
    (line) => line.replace('"response":{}', '"response":{"models":[{"value":null}]}'),
    (line) => line.replace(/"request_id":"./, '"request_id":"x'),
    (line) => line.replace(/"request_id":"[^"]*"/, '"request_id":7'),
    (line) => line.slice(0, -3),
    (line) => `${line}x`,
    () => 'Error: Cannot find module',
    () => '{"type":"control_response"}',
  );
  let asked = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), fc.constantFrom(undefined, 'agent'), async (changes, profile) => {
      let answered = 0;
      children.controlAnswer = (line) => changes[(answered += 1) % changes.length]!(line);
      const history = [
        say(`first ${(asked += 1)}`),
        { role: 'assistant', content: [{ type: 'text', text: 'yes' }] } satisfies Message,
        say('hi'),
      ];
      const ended = await Promise.all([run([say(`hi ${asked}`)], profile, turnMs), run(history, profile, turnMs)]);
      ended.forEach(checkEnd);
      // Those that were spoiled at their start are not to blame for what comes then.
      children.controlAnswer = (line) => line;
      children.killAll();
      await checkGood(`fine ${asked}`, profile);
      if (unhandled.length > 0) throw new Error(`unhandled: ${String(unhandled[0])}`, { cause: unhandled[0] });
    }),
    { seed, numRuns: Math.ceil(runs / 40), interruptAfterTimeLimit: 90_000 },
  );
});

test(`sixty outputs of real processes (FUZZ_SEED=${seed})`, { timeout: 300_000, retry: 0 }, async () => {
  const outputs = fc.sample(cliOutput(fc.oneof(modelTurn, agentTurn)), { numRuns: 60, seed });
  const told = outputs.map(({ chunks, ending }) => ({ ending, chunks: chunks.slice(0, 50).map((chunk) => chunk.toString('base64')) }));
  const cli = createFakeCli({
    onStart: `const outputs = ${JSON.stringify(told)};
      let heard = '';
      process.stdin.on('data', (chunk) => { heard = (heard + chunk).slice(-100000); });`,
    onUser: `const number = heard.match(/"output (\\d+)"/g)?.at(-1)?.match(/\\d+/)[0];
      if (number === undefined) { begin(); say('fine'); end(); return; }
      for (const chunk of outputs[number].chunks) process.stdout.write(Buffer.from(chunk, 'base64'));
      if (outputs[number].ending === 'exits') process.exit(1);
      if (outputs[number].ending === 'closes its output') process.stdout.end();`,
  });
  try {
    runner = createCliRunner({ ...options, cli, processes: { ...processes, minIdle: 0, maxIdle: 0, maxLive: 0 } });
    let failures = 0;
    for (let first = 0; first < outputs.length; first += 4) {
      const names = [0, 1, 2, 3].map((index) => `output ${first + index}`);
      const ended = await Promise.all(names.map((name, index) => run([say(name)], index % 2 === 0 ? undefined : 'agent', 1500)));
      ended.forEach(checkEnd);
      failures += ended.filter(({ error }) => error !== undefined).length;
    }
    // Some answer, some fail.
    expect(failures).toBeGreaterThan(0);
    expect(failures).toBeLessThan(outputs.length);
    const last = await run([say('hi')], undefined, patienceMs);
    expect(last.events.filter(({ type }) => type === 'text-delta')).toEqual([{ type: 'text-delta', index: 0, text: 'fine' }]);
    expect(unhandled).toEqual([]);
    await runner.close();
    await until(() => childProcesses().filter(({ command }) => command.includes(cli.path)).length === 0, 'the end of all processes');
  } finally {
    cli.remove();
  }
});
