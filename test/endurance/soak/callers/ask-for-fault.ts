import type { Caller } from './caller.ts';
import type { Fault } from '../problems/fault.ts';
import { judgeAnswer } from '../problems/judge-answer.ts';
import { said } from '../problems/said.ts';
import { toUserMessage } from './to-user-message.ts';

/** Asks something that goes wrong upstream. */
export function askForFault(fault: Fault, stream: boolean): Caller {
  return {
    kind: `fault: ${fault}`,
    fault,
    async *call({ token, ask }) {
      yield judgeAnswer(await ask({ messages: [toUserMessage('Hello', { token, fault })], stream }), said(token).join(''));
    },
  };
}
