import type { TurnEvent } from '@claude-code-api/gateway';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CliMessage } from '../process/cli-message.ts';
import { CliProcessError } from '../process/cli-process-error.ts';
import { createTurnReader } from '../response/turn-reader.ts';
import { followTurn, type FollowTurnOptions } from './follow-turn.ts';

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
  const kill = vi.fn();
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
    cli: { pause() {}, resume() {}, kill },
    onRetry,
    onTurnEnd() {},
    holdsCalls: true,
    ...options,
  });
  const ended = (async () => {
    const told: TurnEvent[] = [];
    for await (const event of followed.events) told.push(event);
    return told;
  })();
  ended.catch(() => {});
  const leave = (): unknown => followed.events[Symbol.asyncIterator]().return?.();
  return { followed, leave, onRetry, kill, ended, say: (message: CliMessage) => followed.hear(message) };
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
  const { say, onRetry, leave, ended } = setUp();
  say(retry(10_000));
  say(retry(500, null));
  expect(onRetry).toHaveBeenCalledTimes(2);
  expect(await Promise.race([ended, Promise.resolve('waiting')])).toBe('waiting');
  void leave();
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
  const { say, ended, leave } = setUp();
  say(begin);
  say(retry(60_000));
  expect(await Promise.race([ended, Promise.resolve('waiting')])).toBe('waiting');
  void leave();
});

test('a process that ends before the beginning may be replaced, unless an agent’s tools were at work', async () => {
  const died = new CliProcessError('ended', 'gone');
  const plain = setUp();
  plain.followed.fail(died);
  await expect(plain.ended).rejects.toBe(died);
  const working = setUp({ isWorking: true });
  working.followed.fail(died);
  await expect(working.ended).rejects.toMatchObject({ status: 502, shouldRetry: false });
  const begun = setUp();
  begun.say(begin);
  begun.followed.fail(died);
  await expect(begun.ended).rejects.toMatchObject({ status: 502, shouldRetry: undefined });
});

const block = (type: string): CliMessage => ({ type: 'stream_event', event: { type: 'content_block_start', content_block: { type } } });
const stop: CliMessage = { type: 'stream_event', event: { type: 'message_stop' } };
const requesting: CliMessage = { type: 'system', subtype: 'status', status: 'requesting' };
const failure = (status: number | undefined, text = 'API Error'): CliMessage => ({
  type: 'assistant',
  error: 'server_error',
  api_error_status: status,
  message: { content: [{ text }] },
});
const ofSubagent = (message: CliMessage): CliMessage => ({ ...message, parent_tool_use_id: 'toolu_1' }) as CliMessage;
const broken = { status: 503, code: 'overloaded', retryAfterSeconds: 5 };

const lost = { status: 502, code: 'upstream_error' };
const brokenAt = (index: number): CliMessage => ({ ...stop, abandoned_blocks: { from_block_index: index } });

test.each([
  ['a request in mid-answer', [block('text'), requesting], broken],
  ['an answer that begins in another', [block('text'), begin], broken],
  ['an end without a reason', [block('text'), stop], broken],
  ['the same before any text', [brokenAt(0)], broken],
  ['the same behind a text', [block('text'), brokenAt(1)], broken],
  ['the same in thinking', [block('thinking'), brokenAt(0)], broken],
  ['the same in a text behind thinking', [block('thinking'), block('text'), brokenAt(1)], broken],
  ['the same in a text', [block('text'), brokenAt(0)], lost],
])('%s: the answer has broken off, and the CLI ends before it asks again', async (_, messages, expected) => {
  const { say, kill, ended } = setUp();
  [requesting, begin, ...messages].forEach(say);
  expect(kill).toHaveBeenCalledTimes(1);
  await expect(ended).rejects.toMatchObject(expected);
});

test('an agent’s open calls do not keep the CLI from asking again', async () => {
  const { say, kill, ended } = setUp({ holdsCalls: false });
  [begin, block('tool_use'), stop].forEach(say);
  expect(kill).toHaveBeenCalledTimes(1);
  await expect(ended).rejects.toMatchObject(broken);
});

test.each([
  ['nothing', [], broken],
  ['a failure', [failure(undefined, 'API Error: Server error mid-response.')], broken],
  ['a lost connection', [failure(undefined, 'API Error: Connection lost mid-response.')], lost],
])('with a call of the caller’s open it does not, and what it says next is waited for: %s', async (_, messages, expected) => {
  const { say, kill, ended } = setUp();
  [begin, block('tool_use'), stop, ...messages].forEach(say);
  expect(kill).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(50);
  expect(kill).toHaveBeenCalledTimes(1);
  await expect(ended).rejects.toMatchObject(expected);
});

test('a failure that the CLI tells of: its result says what it was', async () => {
  const { say, kill, ended } = setUp();
  [begin, block('text'), failure(529), stop].forEach(say);
  say({ type: 'result', subtype: 'success', is_error: true, num_turns: 1, api_error_status: 429, result: 'API Error: slow down' });
  await expect(ended).rejects.toMatchObject({ status: 429, message: 'Rate limit reached: slow down' });
  expect(kill).not.toHaveBeenCalled();
});

test.each([
  [429, { status: 429, code: 'rate_limit_exceeded' }],
  [undefined, broken],
])('and where open calls keep that back, what is known (%s) is told after half a second', async (status, expected) => {
  const { say, kill, ended } = setUp();
  [begin, block('tool_use'), failure(status)].forEach(say);
  await vi.advanceTimersByTimeAsync(499);
  expect(kill).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await expect(ended).rejects.toMatchObject(expected);
  expect(kill).toHaveBeenCalledTimes(1);
});

test('a subagent that asks, ends or fails breaks no answer off', async () => {
  const { say, kill, ended, leave } = setUp();
  [begin, block('tool_use'), requesting, ofSubagent(begin), ofSubagent(stop), ofSubagent(failure(529))].forEach(say);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await Promise.race([ended, Promise.resolve('waiting')])).toBe('waiting');
  expect(kill).not.toHaveBeenCalled();
  void leave();
  expect(vi.getTimerCount()).toBe(0);
});
