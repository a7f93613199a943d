import type { ClaudeRunner, Logger } from '@claude-code-api/gateway';
import { costAt, noUsage } from '@claude-code-api/gateway/runner-kit';
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

/** Says which of the listed models keys with a limit in dollars don't get, since nobody knows what they cost. Never fails. */
export async function warnOfPrices({ server, models }: Settings, runner: ClaudeRunner, logger: Logger): Promise<void> {
  const limited = Object.values(server.api_keys).some((key) => key.usd_per_day !== undefined || key.usd_per_month !== undefined);
  if (!limited) return;
  try {
    const listed = (await runner.models()).map(({ id }) => id);
    const names = [...listed, ...Object.values(models.aliases)];
    const costs = await Promise.all([...new Set(names)].map(async (name) => ({ name, cost: await costAt(runner, name, noUsage) })));
    const unknown = costs.flatMap(({ name, cost }) => (cost === undefined ? [name] : []));
    if (unknown.length === 0) return;
    logger.warn(
      { models: unknown },
      'keys with a limit in US dollars are refused models whose price is not known: models.prices can say it',
    );
  } catch (error) {
    logger.debug({ error }, 'the prices of the models can not be checked now');
  }
}
