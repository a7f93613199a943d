import type { Sampling } from '../../../turn/turn.ts';
import type { ChatCompletionRequest } from './request-schema.ts';

/** OpenAI's scale of temperature ends at 2, Claude's at 1; the defaults, 1 for both, are left to the model. */
export function toSampling(request: ChatCompletionRequest): Sampling {
  const maxOutputTokens = request.max_completion_tokens ?? request.max_tokens;
  const { temperature, top_p: topP, top_k: topK, stop } = request;
  return {
    ...(typeof maxOutputTokens === 'number' && { maxOutputTokens }),
    ...(typeof temperature === 'number' && temperature < 1 && { temperature }),
    ...(typeof topP === 'number' && topP !== 1 && { topP }),
    ...(typeof topK === 'number' && { topK }),
    ...(stop && { stopSequences: typeof stop === 'string' ? [stop] : stop }),
  };
}
