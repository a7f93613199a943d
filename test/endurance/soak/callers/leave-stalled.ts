import type { Caller } from './caller.ts';
import { toUserMessage } from './to-user-message.ts';

/** Leaves an answer that does not go on. */
export const leaveStalled: Caller = {
  kind: 'fault: stall, left',
  fault: 'stall',
  async *call({ token, leave }) {
    yield await leave({ messages: [toUserMessage('Hello', { token, fault: 'stall' })] });
  },
};
