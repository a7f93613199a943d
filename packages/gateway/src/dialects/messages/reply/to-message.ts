import type { AnsweredBlock, TurnAnswer } from '../../../turn/fold-turn.ts';
import { parseArguments } from '../../../turn/parse-arguments.ts';
import type { StartedBlock, TurnEnd } from '../../../turn/turn-event.ts';
import type { JsonObject } from '../../../turn/tool.ts';
import type { Usage } from '../../../turn/usage.ts';

/** A whole answer. */
export interface Message extends Stop {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: readonly object[];
  readonly usage: MessageUsage;
}

/**
 * Makes the answer to a request that is not streamed: what its stream adds up to.
 *
 * @param id For an answer whose own is not known.
 */
export function toMessage({ messageId, model, blocks, usage, told, end = unsaid }: TurnAnswer, id: string): Message {
  return {
    id: messageId ?? id,
    type: 'message',
    role: 'assistant',
    model,
    content: blocks.map(toBlock),
    ...toStop(end),
    usage: toMessageUsage(usage, told),
    ...toManagement(end),
  };
}

const unsaid: TurnEnd = { type: 'turn-end', reason: 'end_turn' };

/** A block as its stream begins it: what its pieces are added to. */
export function toStart(block: StartedBlock): object {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: '' };
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'redacted_thinking':
      return block;
    case 'tool_use': {
      const { extra, ...call } = block;
      return { ...call, input: {}, ...extra };
    }
    case 'other':
      return block.block;
  }
}

function toBlock({ started, text, signature, citations }: AnsweredBlock): object {
  const start = toStart(started);
  if (started.type === 'text') return { ...start, text, ...(citations.length > 0 && { citations }) };
  if (started.type === 'thinking') return { ...start, thinking: text, signature };
  return text === '' ? start : { ...start, input: parseArguments(text).input };
}

/** How a message says that it has ended. */
export interface Stop {
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
  readonly stop_details?: JsonObject;
}

export function toStop({ reason, stopSequence, refusal, told }: TurnEnd): Stop {
  const { context_management: _management, ...rest } = told ?? {};
  return {
    stop_reason: reason === 'context_window' ? 'model_context_window_exceeded' : reason,
    stop_sequence: stopSequence ?? null,
    ...(reason === 'refusal' && { stop_details: { type: 'refusal', category: null, explanation: refusal ?? null } }),
    ...rest,
  };
}

/** What stands beside that: what the API has left out of the context. */
export function toManagement({ told }: TurnEnd): object {
  return told?.['context_management'] === undefined ? {} : { context_management: told['context_management'] };
}

/** Tokens as the Messages API tells them. */
export interface MessageUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation: { readonly ephemeral_5m_input_tokens: number; readonly ephemeral_1h_input_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly thinking_tokens: number };
}

/** `told` is what else the API itself told of it. */
export function toMessageUsage(usage: Usage, told?: JsonObject): MessageUsage {
  return {
    ...told,
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWriteTokens - usage.cacheWriteHourTokens,
      ephemeral_1h_input_tokens: usage.cacheWriteHourTokens,
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { thinking_tokens: usage.reasoningTokens },
  };
}
