import type { ModelAbilities } from '../../ports/claude-runner.ts';
import type { Sampling } from '../../turn/turn.ts';
import type { TurnRequest, YieldingField } from '../turn-request.ts';

export interface FittedSampling {
  /** What the model takes of it. */
  readonly sampling: Sampling;
  /** Stop sequences of nothing but whitespace: Claude does not take them, so the gateway cuts. */
  readonly blankStops: readonly string[];
  /** What the model does not take, and would refuse. */
  readonly untaken: readonly YieldingField[];
}

const fields = ['temperature', 'topP', 'topK'] as const;

/** Leaves out what the model does not take. */
export function fitSampling(sampling: TurnRequest['sampling'], ability: ModelAbilities['sampling']): FittedSampling {
  const { stopSequences: given = [], maxOutputTokens } = sampling;
  const wished = fields.filter((field) => sampling[field] !== undefined);
  const untaken = wished.filter((field) => ability === 'none' || (ability === 'no-top-p' && field === 'topP'));
  const taken = wished.filter((field) => !untaken.includes(field)).map((field) => [field, sampling[field]] as const);
  const stopSequences = given.filter((stop) => /\S/.test(stop));
  return {
    sampling: {
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
      ...Object.fromEntries(taken),
      ...(stopSequences.length > 0 && { stopSequences }),
    },
    blankStops: given.filter((stop) => stop !== '' && !/\S/.test(stop)),
    untaken,
  };
}
