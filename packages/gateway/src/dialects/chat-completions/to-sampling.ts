import type { Sampling } from '../../turn/turn.ts';
import type { ChatCompletionRequest } from './request-schema.ts';

export interface SamplingWishes {
  readonly sampling: Sampling;
  /** Stop sequences of nothing but whitespace: Claude does not take them, so the gateway cuts. */
  readonly blankStops: readonly string[];
}

/** OpenAI's scale of temperature ends at 2, Claude's at 1; the defaults, 1 for both, are left to the model. */
export function toSampling(request: ChatCompletionRequest): SamplingWishes {
  const maxOutputTokens = request.max_completion_tokens ?? request.max_tokens;
  const temperature = typeof request.temperature === 'number' ? Math.min(request.temperature, 1) : 1;
  const topP = request.top_p ?? 1;
  const stops = typeof request.stop === 'string' ? [request.stop] : (request.stop ?? []);
  const stopSequences = stops.filter((stop) => /\S/.test(stop));
  return {
    sampling: {
      ...(typeof maxOutputTokens === 'number' && { maxOutputTokens }),
      ...(temperature !== 1 && { temperature }),
      ...(topP !== 1 && { topP }),
      ...(typeof request.top_k === 'number' && { topK: request.top_k }),
      ...(stopSequences.length > 0 && { stopSequences }),
    },
    blankStops: stops.filter((stop) => !/\S/.test(stop)),
  };
}
