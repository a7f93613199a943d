import { anyAbilities } from '../models/any-abilities.ts';
import type { Effort } from '../turn/reasoning.ts';
import type { ModelAbilities, RunnerModel } from '../ports/claude-runner.ts';

const allEfforts = anyAbilities.efforts;

/**
 * Tells by a model's version what it takes; an alias by what it stands for. As the API's migration guides say, and the
 * catalogue of models in the CLI.
 *
 * @see https://platform.claude.com/docs/en/models/sonnet-5-5/migration-guide
 */
export function abilitiesOf(model: string, models: readonly RunnerModel[]): ModelAbilities {
  const name = models.find((each) => each.id === model)?.resolvedId ?? model;
  const version = versionOf(name);
  if (version === undefined) return anyAbilities;
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

function samplingOf(version: number): ModelAbilities['sampling'] {
  if (version >= 4.07) return 'none';
  return version >= 4.01 ? 'no-top-p' : 'all';
}

/** `claude-opus-4-5-20251101` is 4.05, `claude-3-5-haiku` 3.05, `claude-sonnet-4-20250514` 4; other gateways write 4.5. */
function versionOf(name: string): number | undefined {
  const found = /claude-(?:[a-z]+-)?(\d)(?:[-.](\d{1,2}))?(?!\d)/.exec(name);
  return found === null ? undefined : Number(found[1]) + Number(found[2] ?? 0) / 100;
}
