import type { Attributes } from '@opentelemetry/api';
import type { Turn, Usage } from '@claude-code-api/gateway';

export interface AboutTurn {
  /** The name of the span. */
  readonly name: string;
  readonly attributes: Attributes;
  /** What metrics have of it: there are few values of each. */
  readonly labels: Attributes;
}

/**
 * What is told of a turn as it begins: names and numbers, and nothing of what is said. A profile is an agent.
 *
 * @param toModel What metrics call a model.
 */
export function aboutTurn({ model, profile, conversation, sampling, outputSchema }: Turn, toModel: (name: string) => string): AboutTurn {
  const operation = profile === undefined ? 'chat' : 'invoke_agent';
  const labels = { 'gen_ai.operation.name': operation, 'gen_ai.provider.name': 'anthropic', 'gen_ai.request.model': toModel(model) };
  const { maxOutputTokens, temperature, topP, topK } = sampling;
  return {
    name: `${operation} ${profile ?? model}`,
    labels,
    attributes: {
      ...labels,
      'gen_ai.request.model': model,
      // However its caller is answered: of Claude it is asked as a stream.
      'gen_ai.request.stream': true,
      ...(profile !== undefined && { 'gen_ai.agent.name': profile }),
      ...(conversation !== undefined && { 'gen_ai.conversation.id': conversation }),
      ...(outputSchema !== undefined && { 'gen_ai.output.type': 'json' }),
      ...(maxOutputTokens !== undefined && { 'gen_ai.request.max_tokens': maxOutputTokens }),
      ...(temperature !== undefined && { 'gen_ai.request.temperature': temperature }),
      ...(topP !== undefined && { 'gen_ai.request.top_p': topP }),
      ...(topK !== undefined && { 'gen_ai.request.top_k': topK }),
    },
  };
}

export interface ToldOfResponse {
  readonly usage: Usage;
  readonly costUsd: number | undefined;
  /** Until the model said something. */
  readonly firstSeconds: number | undefined;
}

/** What is told of a turn at its end. The conventions count what the prompt cache took as input, too. */
export function aboutResponse({ usage, costUsd, firstSeconds }: ToldOfResponse): Attributes {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens } = usage;
  return {
    'gen_ai.usage.input_tokens': inputTokens + cacheReadTokens + cacheWriteTokens,
    'gen_ai.usage.cache_read.input_tokens': cacheReadTokens,
    'gen_ai.usage.cache_creation.input_tokens': cacheWriteTokens,
    'gen_ai.usage.output_tokens': outputTokens,
    ...(reasoningTokens > 0 && { 'gen_ai.usage.reasoning.output_tokens': reasoningTokens }),
    ...(costUsd !== undefined && { 'claude_code_api.cost_usd': costUsd }),
    ...(firstSeconds !== undefined && { 'gen_ai.response.time_to_first_chunk': firstSeconds }),
  };
}
