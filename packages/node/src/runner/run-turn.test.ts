import { GatewayError, type TurnEvent } from '@claude-code-api/gateway';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CliProcessError } from './process/cli-process-error.ts';
import { runTurn, type RunTurnOptions } from './run-turn.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(1);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const died = new CliProcessError('ended', 'the CLI ended (SIGKILL)');
const word: TurnEvent = { type: 'text-delta', index: 0, text: 'Hi' };

/** Each attempt tells its events, and then fails where it has an error. */
function run(attempts: readonly { readonly says?: readonly TurnEvent[]; readonly error?: Error }[], options: Partial<RunTurnOptions> = {}) {
  const log: object[] = [];
  const note = (fields: object): void => void log.push(fields);
  const tries: number[] = [];
  const begin = performance.now();
  const onRetry = vi.fn(async () => {});
  const stop = new AbortController();
  const release = vi.fn();
  const onFailure = vi.fn();
  async function* sayNext(): AsyncGenerator<TurnEvent> {
    const attempt = attempts[tries.length];
    tries.push(performance.now() - begin);
    yield* attempt?.says ?? [];
    if (attempt?.error !== undefined) throw attempt.error;
  }
  const events = runTurn({
    limit: () => ({ signal: stop.signal, endsAt: undefined, release }),
    ask: async () => ({ events: sayNext(), tell: (event) => [event], toError: (error) => error }),
    isClosed: () => false,
    maxRetries: 2,
    onRetry,
    onFailure,
    logger: { debug: note, info: note, warn: note, error: note },
    ...options,
  });
  const ended = (async () => {
    const told: TurnEvent[] = [];
    for await (const event of events) told.push(event);
    return told;
  })();
  ended.catch(() => {});
  return { tries, log, onRetry, onFailure, release, stop, ended };
}

test('a turn whose process fails before it says anything is tried again, after a longer and longer pause', async () => {
  const { tries, log, onRetry, ended } = run([{ error: died }, { error: died }, { says: [word] }]);
  await vi.runAllTimersAsync();
  expect(await ended).toEqual([word]);
  expect(tries.map(Math.round)).toEqual([0, 250, 750]);
  expect(onRetry).toHaveBeenCalledTimes(2);
  expect(log).toMatchObject([
    { kind: 'ended', retries: 0 },
    { kind: 'ended', retries: 1 },
  ]);
});

test('pauses are shorter by chance, by half at most', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const { tries } = run([{ error: died }, {}]);
  await vi.runAllTimersAsync();
  expect(tries.map(Math.round)).toEqual([0, 125]);
});

test('not more often than it may be', async () => {
  const { tries, ended } = run([{ error: died }, { error: died }, { error: died }, { says: [word] }]);
  await vi.runAllTimersAsync();
  await expect(ended).rejects.toMatchObject({ status: 503, code: 'claude_unavailable' });
  expect(tries).toHaveLength(3);
});

test('never after output', async () => {
  const { tries, onRetry, ended } = run([{ says: [word], error: died }, { says: [word] }]);
  await vi.runAllTimersAsync();
  await expect(ended).rejects.toMatchObject({ status: 503 });
  expect(tries).toHaveLength(1);
  expect(onRetry).not.toHaveBeenCalled();
});

test('what failed upstream, or is told to the caller for another reason, is not tried again', async () => {
  const error = new GatewayError('Rate limit reached', { status: 429 });
  const { tries, ended } = run([{ error }, { says: [word] }]);
  await vi.runAllTimersAsync();
  await expect(ended).rejects.toBe(error);
  expect(tries).toHaveLength(1);
});

test('an abort ends the pause at once, with its own reason', async () => {
  const { tries, stop, ended } = run([{ error: died }, { says: [word] }]);
  await vi.advanceTimersByTimeAsync(10);
  const reason = new Error('time is over');
  stop.abort(reason);
  await vi.advanceTimersByTimeAsync(0);
  await expect(ended).rejects.toBe(reason);
  expect(tries).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('once the runner is closed nothing is tried any more', async () => {
  let closed = false;
  const { tries, ended } = run([{ error: died }, { says: [word] }], { isClosed: () => closed });
  await vi.advanceTimersByTimeAsync(10);
  closed = true;
  await vi.runAllTimersAsync();
  await expect(ended).rejects.toMatchObject({ status: 503, code: 'shutting_down' });
  expect(tries).toHaveLength(1);
});

const limited = new GatewayError('Later.', {
  status: 429,
  code: 'rate_limit_exceeded',
  retryAfterSeconds: 30,
  headers: { 'x-request': 'req_1' },
});
const work: TurnEvent = { type: 'activity-start', id: 'toolu_1', name: 'Write', input: {} };

test('a failure after work keeps all but the leave to try again: a 429 its retry-after', async () => {
  const { ended, onFailure } = run([{ says: [work], error: limited }]);
  await vi.runAllTimersAsync();
  await expect(ended).rejects.toMatchObject({
    message: 'Later.',
    code: 'rate_limit_exceeded',
    retryAfterSeconds: 30,
    headers: { 'x-request': 'req_1' },
    shouldRetry: false,
  });
  expect(onFailure).toHaveBeenCalledExactlyOnceWith(limited);
});

test('a failure before any work is as it was', async () => {
  const { ended, release } = run([{ error: limited }]);
  await vi.runAllTimersAsync();
  await expect(ended).rejects.toBe(limited);
  expect(release).toHaveBeenCalledTimes(1);
});

test('what the system refuses is no fault of the caller’s, and not tried again', async () => {
  const { ended, tries } = run([{ error: Object.assign(new Error('ENOSPC'), { syscall: 'write' }) }, { says: [word] }]);
  await vi.runAllTimersAsync();
  await expect(ended).rejects.toMatchObject({ status: 503, code: 'claude_unavailable' });
  expect(tries).toHaveLength(1);
});
