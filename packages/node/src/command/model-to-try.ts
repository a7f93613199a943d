import type { ClaudeRunner } from '@claude-code-api/gateway';
import { withinTime } from '@claude-code-api/gateway/runner-kit';

const preferred = 'sonnet';

/** A model that the runner offers, for the first try; `sonnet` where that is among them, or where it does not say within the time. */
export async function modelToTry(runner: Pick<ClaudeRunner, 'models'>, waitMs: number): Promise<string> {
  const models = await withinTime(runner.models(), waitMs).catch(() => []);
  const ids = models.map(({ id }) => id);
  return ids.includes(preferred) ? preferred : (ids[0] ?? preferred);
}
