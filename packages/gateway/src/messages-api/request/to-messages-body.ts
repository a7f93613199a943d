import type { PreparedTurn } from './prepare-turn.ts';
import { toApiBlock } from './to-api-block.ts';
import { toRequestBody } from './to-request-body.ts';

/** The default of `max_tokens`: all models since Claude 4 take this much, thinking included; older ones take less. */
const usualMaxTokens = 32_000;
const olderMaxTokens = 4096;

/**
 * The whole request for a turn to the Messages API, which nothing is added to.
 *
 * @param model Its full name.
 * @see https://docs.anthropic.com/en/api/messages
 */
export function toMessagesBody(turn: PreparedTurn, model: string): Readonly<Record<string, unknown>> {
  const { system, messages } = turn;
  return {
    max_tokens: /claude-(2|3|instant)/.test(model) ? olderMaxTokens : usualMaxTokens,
    ...toRequestBody(turn),
    model,
    ...(system.length > 0 && { system: system.map(toApiBlock) }),
    messages: messages.map(({ role, content }) => ({ role, content: content.map(toApiBlock) })),
    stream: true,
  };
}
