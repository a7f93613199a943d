import type { Caller } from './caller.ts';
import { judgeAnswer } from '../problems/judge-answer.ts';
import { withMarker } from './marker.ts';
import { said } from '../problems/said.ts';
import { toUserMessage } from './to-user-message.ts';

const parameters = { type: 'object', properties: { token: { type: 'string' } } };
const tools = [{ type: 'function', function: { name: 'look_up', description: 'Looks something up.', parameters } }];

/** Asks for a tool call, and brings its result. */
export const callTools: Caller = {
  kind: 'tools',
  async *call({ token, ask }) {
    const question = toUserMessage('Look it up', { token });
    const { failure, toolCalls, text } = await ask({ messages: [question], tools });
    if (failure !== undefined) return yield { outcome: 'error', failure };
    const [call] = toolCalls;
    if (call?.function.arguments !== JSON.stringify({ token })) {
      return yield { outcome: 'wrong', why: `expected a call with ${token}, got '${text}' and ${JSON.stringify(toolCalls)}` };
    }
    yield { outcome: 'ok' };
    const called = { role: 'assistant', content: text === '' ? null : text, tool_calls: toolCalls };
    const found = { role: 'tool', tool_call_id: call.id, content: withMarker('Found', { token: `${token}-2` }) };
    yield judgeAnswer(await ask({ messages: [question, called, found], tools }), said(`${token}-2`, [token]).join(''));
  },
};
