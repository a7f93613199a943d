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
  const taken: { -readonly [Field in keyof Sampling]: Sampling[Field] } = {};
  const untaken: YieldingField[] = [];
  if (maxOutputTokens !== undefined) taken.maxOutputTokens = maxOutputTokens;
  for (const field of fields) {
    const wish = sampling[field];
    if (wish === undefined) continue;
    if (ability === 'none' || (ability === 'no-top-p' && field === 'topP')) untaken.push(field);
    else taken[field] = wish;
  }
  const stopSequences = given.filter((stop) => /\S/.test(stop));
  if (stopSequences.length > 0) taken.stopSequences = stopSequences;
  return { sampling: taken, blankStops: given.filter((stop) => stop !== '' && !/\S/.test(stop)), untaken };
}
