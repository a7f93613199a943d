import type { ClaudeRunner, Logger } from '@claude-code-api/gateway';
import type { Settings } from '../config/settings-schema.ts';

/** Says which aliases stand for a model that nobody knows; requests for them fail. Never fails itself. */
export async function warnOfAliases({ models }: Settings, runner: ClaudeRunner, logger: Logger): Promise<void> {
  const aliases = Object.entries(models.aliases);
  if (aliases.length === 0) return;
  try {
    const listed = await runner.models();
    const known = new Set(listed.flatMap(({ id, resolvedId }) => [id, resolvedId]));
    const unknown = aliases.flatMap(([alias, model]) => (known.has(model) || /\bclaude-/.test(model) ? [] : [`${alias} = ${model}`]));
    // A runner that lists nothing is asked for anything.
    if (known.size === 0 || unknown.length === 0) return;
    logger.warn({ aliases: unknown }, 'models.aliases names models that are not known; GET /v1/models lists those that are');
  } catch (error) {
    logger.debug({ error }, 'the models that aliases stand for can not be checked now');
  }
}
