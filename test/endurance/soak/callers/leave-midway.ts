import type { Caller } from './caller.ts';
import { toUserMessage } from './to-user-message.ts';

const longestWaitMs = 500;

/** Leaves in mid-stream, or before anything was said. */
export function leaveMidway(when: 'midway' | 'early'): Caller {
  return {
    kind: `leaving ${when}`,
    async *call({ token, leave }) {
      const body = { messages: [toUserMessage('Hello', { token })] };
      yield await (when === 'early' ? leave(body, Math.floor(Math.random() * longestWaitMs)) : leave(body));
    },
  };
}
