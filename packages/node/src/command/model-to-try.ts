import type { ClaudeRunner } from '@claude-code-api/gateway';

const preferred = 'sonnet';

/** A model that the runner offers, for the first try; `sonnet` where that is among them, or where it does not say within the time. */
export async function modelToTry(runner: Pick<ClaudeRunner, 'models'>, waitMs: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string[]>((resolve) => {
    timer = setTimeout(() => resolve([]), waitMs);
  });
  const told = runner.models().then(
    (models) => models.map(({ id }) => id),
    (): string[] => [],
  );
  const ids = await Promise.race([told, late]);
  clearTimeout(timer);
  return ids.includes(preferred) ? preferred : (ids[0] ?? preferred);
}
