import type { RunnerModel } from '@claude-code-api/gateway';

/** What a model takes of the newer parameters of the Messages API. */
export interface ModelAbilities {
  /** Thinking as much as it finds right; older models want a number of tokens. */
  readonly adaptiveThinking: boolean;
  /** `output_config.effort` */
  readonly effort: boolean;
  /** `output_config.format` */
  readonly outputFormat: boolean;
}

const newest: ModelAbilities = { adaptiveThinking: true, effort: true, outputFormat: true };

/**
 * Tells by a model's version what it takes; an alias by what it stands for. A name that tells no version is taken for new.
 *
 * @see https://docs.anthropic.com/en/docs/about-claude/models/overview
 */
export function abilitiesOf(model: string, models: readonly RunnerModel[]): ModelAbilities {
  const name = models.find((each) => each.id === model)?.resolvedId ?? model;
  const version = versionOf(name);
  if (version === undefined) return newest;
  return {
    adaptiveThinking: version >= 4.06,
    effort: version >= 4.06 || (version >= 4.05 && name.includes('opus')),
    outputFormat: version >= 4.05 || (version >= 4.01 && name.includes('opus')),
  };
}

/** `claude-opus-4-5-20251101` is 4.05, `claude-3-5-haiku` 3.05, `claude-sonnet-4-20250514` 4. */
function versionOf(name: string): number | undefined {
  const found = /claude-(?:[a-z]+-)?(\d)(?:-(\d{1,2}))?(?!\d)/.exec(name);
  return found === null ? undefined : Number(found[1]) + Number(found[2] ?? 0) / 100;
}
