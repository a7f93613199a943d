import type { Caller } from './caller.ts';
import { judgeAnswer } from '../problems/judge-answer.ts';
import { said } from '../problems/said.ts';
import { toUserMessage } from './to-user-message.ts';

/** Asks something new. */
export function askOnce(kind: 'whole' | 'streamed'): Caller {
  return {
    kind,
    async *call({ token, ask }) {
      const answer = await ask({ messages: [toUserMessage('Hello', { token })], stream: kind === 'streamed' });
      yield judgeAnswer(answer, said(token).join(''));
    },
  };
}
