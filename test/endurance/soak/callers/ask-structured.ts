import type { Caller } from './caller.ts';
import { judgeAnswer } from '../problems/judge-answer.ts';
import { toUserMessage } from './to-user-message.ts';

const schema = { type: 'object', properties: { token: { type: 'string' } }, required: ['token'], additionalProperties: false };

/** Asks for an answer that fits a schema. */
export const askStructured: Caller = {
  kind: 'structured',
  async *call({ token, ask }) {
    const format = { type: 'json_schema', json_schema: { name: 'answer', schema } };
    const answer = await ask({ messages: [toUserMessage('Hello', { token })], response_format: format });
    yield judgeAnswer(answer, JSON.stringify({ token }));
  },
};
