import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CliMessage, CliResult } from '../process/cli-message.ts';
import { createUpstreamNotes } from './upstream-notes.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const failed: CliResult = { type: 'result', subtype: 'success', is_error: true, num_turns: 1, api_error_status: 429 };
const begun: CliMessage = { type: 'stream_event', event: { type: 'message_start', message: { model: 'claude-x' } } };
const limited = (status: string): CliMessage => ({ type: 'rate_limit_event', rate_limit_info: { status, resetsAt: 1_800_007_200 } });

function waitAfter(cliRetries: boolean, ...messages: CliMessage[]): number | undefined {
  const notes = createUpstreamNotes({ model: 'sonnet', cliRetries });
  messages.forEach((message) => notes.note(message));
  return notes.toError(failed).retryAfterSeconds;
}

test('the caller is told to wait as long as the CLI last did', () => {
  const retry = (delay: number): CliMessage => ({ type: 'system', subtype: 'api_retry', retry_delay_ms: delay });
  expect(waitAfter(true, retry(1000), retry(7000))).toBe(7);
});

test('a CLI that asks again and did not was told to wait for longer than a minute', () => {
  expect(waitAfter(true)).toBe(60);
  expect(waitAfter(true, begun)).toBe(5);
  expect(waitAfter(false)).toBe(5);
});

test('an error has upstream’s id of the request that failed last', () => {
  const notes = createUpstreamNotes({ model: 'sonnet', cliRetries: true });
  expect(notes.toError(failed).upstreamRequestId).toBeUndefined();
  notes.note({ type: 'assistant', error: 'rate_limit', request_id: 'req_1' });
  notes.note({ type: 'assistant', error: 'rate_limit', request_id: 'req_2' });
  notes.note({ type: 'assistant', error: 'rate_limit' });
  expect(notes.toError(failed)).toMatchObject({ status: 429, upstreamRequestId: 'req_2' });
});

test('when a subscription is used up, the caller is told to wait until it is not', () => {
  expect(waitAfter(true, limited('rejected'))).toBe(7200);
  expect(waitAfter(false, limited('allowed_warning'))).toBe(5);
});
