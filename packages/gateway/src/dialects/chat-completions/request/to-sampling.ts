import type { SamplingAbility } from '../../../ports/claude-runner.ts';
import type { Sampling } from '../../../turn/turn.ts';
import type { ChatCompletionRequest } from './request-schema.ts';

export interface SamplingWishes {
  readonly sampling: Sampling;
  /** Stop sequences of nothing but whitespace: Claude does not take them, so the gateway cuts. */
  readonly blankStops: readonly string[];
  /** The keys of what the model does not take, and would refuse. */
  readonly untaken: readonly string[];
}

/** OpenAI's scale of temperature ends at 2, Claude's at 1; the defaults, 1 for both, are left to the model. */
export function toSampling(request: ChatCompletionRequest, ability: SamplingAbility): SamplingWishes {
  const maxOutputTokens = request.max_completion_tokens ?? request.max_tokens;
  const hottest = typeof request.temperature === 'number' ? Math.min(request.temperature, 1) : 1;
  const temperature = hottest === 1 ? undefined : hottest;
  const topP = request.top_p === 1 ? undefined : (request.top_p ?? undefined);
  const topK = request.top_k ?? undefined;
  const untaken = [
    ...(ability === 'none' && temperature !== undefined ? ['temperature'] : []),
    ...(topP !== undefined && ability !== 'all' ? ['top_p'] : []),
    ...(ability === 'none' && topK !== undefined ? ['top_k'] : []),
  ];
  const given = typeof request.stop === 'string' ? [request.stop] : (request.stop ?? []);
  const stops = given.filter((stop) => stop !== '');
  const stopSequences = stops.filter((stop) => /\S/.test(stop));
  return {
    sampling: {
      ...(typeof maxOutputTokens === 'number' && { maxOutputTokens }),
      ...(temperature !== undefined && !untaken.includes('temperature') && { temperature }),
      ...(topP !== undefined && !untaken.includes('top_p') && { topP }),
      ...(topK !== undefined && !untaken.includes('top_k') && { topK }),
      ...(stopSequences.length > 0 && { stopSequences }),
    },
    blankStops: stops.filter((stop) => !/\S/.test(stop)),
    untaken,
  };
}
