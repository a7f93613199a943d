import { GatewayError, type TurnEvent } from '@claude-code-api/gateway';

/** Gives a turn's events. A failure after an agent has used a tool tells clients not to try again by themselves: it would be done twice. */
export async function* noRetryAfterWork(events: AsyncIterable<TurnEvent>): AsyncGenerator<TurnEvent, void, undefined> {
  let hasWorked = false;
  try {
    for await (const event of events) {
      if (event.type === 'activity-start') hasWorked = true;
      yield event;
    }
  } catch (error) {
    throw hasWorked && GatewayError.isInstance(error) ? error.with({ shouldRetry: false }) : error;
  }
}
