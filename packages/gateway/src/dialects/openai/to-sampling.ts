import type { Sampling } from '../../turn/turn.ts';

/** What OpenAI's requests say of sampling; null is as good as absent. */
export interface SamplingWishes {
  readonly max_tokens?: number | null | undefined;
  readonly temperature?: number | null | undefined;
  readonly top_p?: number | null | undefined;
  readonly top_k?: number | null | undefined;
  readonly stop?: string | readonly string[] | null | undefined;
}

/** OpenAI's scale of temperature ends at 2, Claude's at 1; the defaults, 1 for both, are left to the model. */
export function toSampling({ max_tokens: maxOutputTokens, temperature, top_p: topP, top_k: topK, stop }: SamplingWishes): Sampling {
  return {
    ...(typeof maxOutputTokens === 'number' && { maxOutputTokens }),
    ...(typeof temperature === 'number' && temperature < 1 && { temperature }),
    ...(typeof topP === 'number' && topP !== 1 && { topP }),
    ...(typeof topK === 'number' && { topK }),
    ...(stop && { stopSequences: typeof stop === 'string' ? [stop] : stop }),
  };
}
