import type { Caller } from './caller.ts';
import { judgeAnswer } from '../problems/judge-answer.ts';
import { said } from '../problems/said.ts';
import { toUserMessage } from './to-user-message.ts';

const turns = 3;

/** Goes on with a conversation by sending all of it again. */
export const followByHistory: Caller = {
  kind: 'by history',
  async *call({ token, ask }) {
    const messages: object[] = [];
    const earlier: string[] = [];
    for (let turn = 1; turn <= turns; turn += 1) {
      const own = `${token}-${turn}`;
      messages.push(toUserMessage('And now?', { token: own }));
      const answer = await ask({ messages, stream: turn === 2 });
      const ended = judgeAnswer(answer, said(own, earlier).join(''));
      yield ended;
      if (ended.outcome !== 'ok') return;
      messages.push({ role: 'assistant', content: answer.text });
      earlier.push(own);
    }
  },
};
