import {
  cutReply,
  errorReply,
  stallReply,
  streamErrorReply,
  textReply,
  toolUseReply,
  type RecordedMessages,
  type Reply,
} from '@claude-code-api/mock-anthropic';
import type { Fault } from './problems/fault.ts';
import { markersIn } from './callers/marker.ts';
import { said } from './problems/said.ts';

const chunkDelayMs = 10;
const overloaded = (): Reply => errorReply(529, 'overloaded_error', 'Overloaded');

/** Makes what the mock answers: what the last marker of a request says. */
export function createReplyByMarker(): (request: RecordedMessages) => Reply {
  let calls = 0;
  const failedOnce = new Set<string>();

  function replyWithFault(fault: Fault, token: string): Reply {
    const text = said(token);
    switch (fault) {
      case '429':
        return errorReply(429, 'rate_limit_error', 'Too many requests', { 'retry-after': '1' });
      case '529':
        return overloaded();
      case '500':
        return errorReply(500, 'api_error', 'Internal server error');
      case 'once':
        if (failedOnce.delete(token)) return textReply(text, { chunkDelayMs });
        failedOnce.add(token);
        return overloaded();
      case 'cut':
        return cutReply(text[0]!);
      case 'stall':
        return stallReply({ afterText: text[0]! });
      case 'stream error':
        return streamErrorReply(text[0]!, 'overloaded_error', 'Overloaded');
      case 'drip':
        return textReply(text, { delayMs: 500, chunkDelayMs: 500 });
    }
  }

  return ({ body }) => {
    const heard = body.messages.flatMap((message) => (message.role === 'user' ? markersIn(JSON.stringify(message)) : []));
    const last = heard.at(-1);
    if (last === undefined) return textReply('Nothing was asked.');
    const { token, fault } = last;
    if (fault !== undefined) return replyWithFault(fault, token);
    const content = body.messages.findLast(({ role }) => role === 'user')?.content;
    const hasResult = typeof content !== 'string' && content?.some(({ type }) => type === 'tool_result') === true;
    if (body.tools?.some(({ name }) => name === 'look_up') === true && !hasResult) {
      calls += 1;
      return toolUseReply([{ id: `toolu_soak_${calls}`, name: 'look_up', input: { token } }], { chunkDelayMs });
    }
    if (body.output_config?.['format'] !== undefined) return textReply(['{"token":', `"${token}"}`], { chunkDelayMs });
    const earlier = heard.slice(0, -1).map((marker) => marker.token);
    return textReply(said(token, earlier), { chunkDelayMs });
  };
}
