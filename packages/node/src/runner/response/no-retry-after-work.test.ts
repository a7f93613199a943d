import { GatewayError, type TurnEvent } from '@claude-code-api/gateway';
import { expect, test } from 'vitest';
import { noRetryAfterWork } from './no-retry-after-work.ts';

const limited = new GatewayError('Later.', {
  status: 429,
  code: 'rate_limit_exceeded',
  retryAfterSeconds: 30,
  headers: { 'x-request': 'req_1' },
});
const work: TurnEvent = { type: 'activity-start', id: 'toolu_1', name: 'Write', input: {} };

async function* failing(...events: readonly TurnEvent[]): AsyncGenerator<TurnEvent> {
  yield* events;
  throw limited;
}

async function failureOf(events: AsyncIterable<TurnEvent>): Promise<unknown> {
  try {
    for await (const _ of noRetryAfterWork(events));
  } catch (error) {
    return error;
  }
  return undefined;
}

test('a failure after work keeps all but the leave to try again: a 429 its retry-after', async () => {
  expect(await failureOf(failing(work))).toMatchObject({
    message: 'Later.',
    code: 'rate_limit_exceeded',
    retryAfterSeconds: 30,
    headers: { 'x-request': 'req_1' },
    shouldRetry: false,
  });
});

test('a failure before any work is as it was', async () => {
  expect(await failureOf(failing())).toBe(limited);
});
