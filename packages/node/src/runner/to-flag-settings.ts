import type { Sampling, Turn } from '@claude-code-api/gateway';

export interface FlagSettings {
  readonly model: string;
  readonly env: { readonly CLAUDE_CODE_EXTRA_BODY: string };
}

/** What a turn asks for, as settings that a running CLI takes. Parameters travel in the body of the request itself. */
export function toFlagSettings(turn: Turn): FlagSettings {
  return { model: turn.model, env: { CLAUDE_CODE_EXTRA_BODY: JSON.stringify(toBody(turn.sampling)) } };
}

function toBody(sampling: Sampling): object {
  return {
    ...(sampling.maxOutputTokens !== undefined && { max_tokens: sampling.maxOutputTokens }),
    ...(sampling.temperature !== undefined && { temperature: sampling.temperature }),
    ...(sampling.topP !== undefined && { top_p: sampling.topP }),
    ...(sampling.stopSequences !== undefined && { stop_sequences: sampling.stopSequences }),
  };
}
