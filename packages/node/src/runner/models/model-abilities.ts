import type { Effort, RunnerModel, SamplingAbility } from '@claude-code-api/gateway';

/** What a model takes of the Messages API; models refuse what they do not take. */
export interface ModelAbilities {
  /** How it can be asked to think: not at all, by a number of tokens, as much as it finds right, or either. */
  readonly thinking: 'none' | 'budget' | 'adaptive' | 'either';
  /** Whether it thinks until it is told not to, and takes being told. The newest think in any case, and refuse to be told. */
  readonly thinkingCanBeDisabled: boolean;
  /** `output_config.effort`, the least first. */
  readonly efforts: readonly Effort[];
  /** `output_config.format` */
  readonly outputFormat: boolean;
  /** Whether `tool_choice` may force a call. */
  readonly forcedTools: boolean;
  /** Whether it goes on with an answer that is begun: an assistant's message at the end. */
  readonly begunAnswers: boolean;
  readonly sampling: SamplingAbility;
}

const allEfforts: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

/** A model whose name tells no version is given what the caller says: the API knows better. */
const unknownModel: ModelAbilities = {
  thinking: 'either',
  thinkingCanBeDisabled: false,
  efforts: allEfforts,
  outputFormat: true,
  forcedTools: true,
  begunAnswers: true,
  sampling: 'all',
};

/**
 * Tells by a model's version what it takes; an alias by what it stands for. As the API's migration guides say, and the
 * catalogue of models in the CLI.
 *
 * @see https://platform.claude.com/docs/en/models/sonnet-5-5/migration-guide
 */
export function abilitiesOf(model: string, models: readonly RunnerModel[]): ModelAbilities {
  const name = models.find((each) => each.id === model)?.resolvedId ?? model;
  const version = versionOf(name);
  if (version === undefined) return unknownModel;
  const isFable = /fable|mythos/.test(name);
  return {
    thinking: thinkingOf(version),
    thinkingCanBeDisabled: version >= 5 && version < 5.05 && !isFable,
    efforts: effortsOf(version, name),
    outputFormat: version >= 4.05,
    forcedTools: version < (isFable ? 5.01 : 5.05),
    begunAnswers: version < 4.06,
    sampling: samplingOf(version),
  };
}

function thinkingOf(version: number): ModelAbilities['thinking'] {
  if (version < 3.07) return 'none';
  if (version < 4.06) return 'budget';
  return version < 4.07 ? 'either' : 'adaptive';
}

function effortsOf(version: number, name: string): readonly Effort[] {
  if (version >= 4.07) return allEfforts;
  if (version >= 4.06) return ['low', 'medium', 'high', 'max'];
  return version >= 4.05 && name.includes('opus') ? ['low', 'medium', 'high'] : [];
}

function samplingOf(version: number): SamplingAbility {
  if (version >= 4.07) return 'none';
  return version >= 4.01 ? 'no-top-p' : 'all';
}

/** `claude-opus-4-5-20251101` is 4.05, `claude-3-5-haiku` 3.05, `claude-sonnet-4-20250514` 4; other gateways write 4.5. */
function versionOf(name: string): number | undefined {
  const found = /claude-(?:[a-z]+-)?(\d)(?:[-.](\d{1,2}))?(?!\d)/.exec(name);
  return found === null ? undefined : Number(found[1]) + Number(found[2] ?? 0) / 100;
}
