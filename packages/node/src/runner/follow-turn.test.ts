import type { TurnEvent } from '@claude-code-api/gateway';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CliMessage } from './cli-message.ts';
import { CliProcessError } from './cli-process-error.ts';
import { followTurn, type FollowTurnOptions } from './follow-turn.ts';
import { createTurnReader } from './turn-reader.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const begin: CliMessage = { type: 'stream_event', event: { type: 'message_start', message: { model: 'claude-x' } } };
const retry = (delay: number, status: number | null = 429): CliMessage => ({
  type: 'system',
  subtype: 'api_retry',
  retry_delay_ms: delay,
  error_status: status,
});

function setUp(options: Partial<FollowTurnOptions> = {}) {
  const onRetry = vi.fn();
  const reader = createTurnReader({
    model: 'sonnet',
    priceOf: () => undefined,
    cliRetries: true,
    toolNames: new Set(),
    answerTool: undefined,
  });
  const followed = followTurn({
    reader,
    model: 'sonnet',
    noticeTimeoutMs: 30_000,
    firstEventTimeoutMs: 120_000,
    endsAt: undefined,
    signal: new AbortController().signal,
    flow: { pause() {}, resume() {} },
    onRetry,
    onTurnEnd() {},
    ...options,
  });
  const ended = (async () => {
    const told: TurnEvent[] = [];
    for await (const event of followed.events) told.push(event);
    return told;
  })();
  ended.catch(() => {});
  return { followed, onRetry, ended, say: (message: CliMessage) => followed.listener.onMessage(message) };
}

test('a CLI that says nothing at all is frozen: another may do better', async () => {
  const { ended } = setUp();
  await vi.advanceTimersByTimeAsync(30_000);
  await expect(ended).rejects.toMatchObject({ name: 'CliProcessError', kind: 'timeout' });
});

test('one that says anything is given the time to begin', async () => {
  const { followed, ended } = setUp();
  followed.notice();
  await vi.advanceTimersByTimeAsync(119_999);
  expect(await Promise.race([ended, Promise.resolve('waiting')])).toBe('waiting');
  await vi.advanceTimersByTimeAsync(1);
  await expect(ended).rejects.toMatchObject({ status: 504 });
});

test('short waits of the CLI are its own business, and are counted', async () => {
  const { say, onRetry, followed, ended } = setUp();
  say(retry(10_000));
  say(retry(500, null));
  expect(onRetry).toHaveBeenCalledTimes(2);
  expect(await Promise.race([ended, Promise.resolve('waiting')])).toBe('waiting');
  followed.release();
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  [429, { status: 429, code: 'rate_limit_exceeded' }],
  [529, { status: 503, code: 'overloaded' }],
])('for a long wait after a %i the caller does not wait', async (status, error) => {
  const { say, onRetry, ended } = setUp();
  say(retry(69_259, status));
  await expect(ended).rejects.toMatchObject({ ...error, retryAfterSeconds: 70, message: expect.stringContaining('70 seconds') as string });
  expect(onRetry).not.toHaveBeenCalled();
});

test('nor for one that is longer than the caller’s own time', async () => {
  const { say, ended } = setUp({ endsAt: performance.now() + 3000 });
  say(retry(2000));
  expect(await Promise.race([ended, Promise.resolve('waiting')])).toBe('waiting');
  await vi.advanceTimersByTimeAsync(2000);
  say(retry(2000));
  await expect(ended).rejects.toMatchObject({ status: 429, retryAfterSeconds: 2 });
});

test('after the beginning a long wait is no reason to throw the beginning away', async () => {
  const { say, ended, followed } = setUp();
  say(begin);
  say(retry(60_000));
  expect(await Promise.race([ended, Promise.resolve('waiting')])).toBe('waiting');
  followed.release();
});

test('a process that ends before the beginning may be replaced, unless an agent’s tools were at work', async () => {
  const died = new CliProcessError('ended', 'gone');
  const plain = setUp();
  plain.followed.listener.onEnd(died);
  await expect(plain.ended).rejects.toBe(died);
  const working = setUp({ isWorking: true });
  working.followed.listener.onEnd(died);
  await expect(working.ended).rejects.toMatchObject({ status: 502, shouldRetry: false });
  const begun = setUp();
  begun.say(begin);
  begun.followed.listener.onEnd(died);
  await expect(begun.ended).rejects.toMatchObject({ status: 502, shouldRetry: undefined });
});
