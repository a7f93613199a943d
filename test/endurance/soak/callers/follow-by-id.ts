import type { Caller } from './caller.ts';
import { judgeAnswer } from '../problems/judge-answer.ts';
import { said } from '../problems/said.ts';
import { toUserMessage } from './to-user-message.ts';

const turns = 3;

/** Goes on with a conversation by its id, and brings only what is new. */
export const followById: Caller = {
  kind: 'by id',
  async *call({ token, ask }) {
    let conversationId: string | undefined;
    const earlier: string[] = [];
    for (let turn = 1; turn <= turns; turn += 1) {
      const own = `${token}-${turn}`;
      const messages = [toUserMessage('And now?', { token: own })];
      const answer = await ask({ messages, stream: turn === 2, conversation_id: conversationId });
      const ended = judgeAnswer(answer, said(own, earlier).join(''));
      if (ended.outcome !== 'ok') return yield ended;
      conversationId ??= answer.conversationId;
      if (conversationId === undefined || conversationId !== answer.conversationId) {
        return yield { outcome: 'wrong', why: `expected the conversation ${conversationId}, got ${answer.conversationId}` };
      }
      yield ended;
      earlier.push(own);
    }
  },
};
