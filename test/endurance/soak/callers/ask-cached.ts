import type { Caller } from './caller.ts';
import { judgeAnswer } from '../problems/judge-answer.ts';
import { said } from '../problems/said.ts';
import { toUserMessage } from './to-user-message.ts';

/** Asks the same twice: the second time the cache answers. */
export const askCached: Caller = {
  kind: 'cached',
  async *call({ token, ask }) {
    const body = { messages: [toUserMessage('Hello', { token })], seed: 1 };
    for (const expected of ['miss', 'hit']) {
      const answer = await ask(body);
      const ended = judgeAnswer(answer, said(token).join(''));
      const isAsExpected = ended.outcome !== 'ok' || answer.cache === expected;
      yield isAsExpected ? ended : { outcome: 'wrong', why: `expected a ${expected} of the cache, got ${answer.cache}` };
      if (ended.outcome !== 'ok') return;
    }
  },
};
