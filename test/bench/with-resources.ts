import { closeAll, type Closable } from '../support/close-all.ts';

/** Runs a task; what it gives to `keep` is closed when it has ended, however it ended, the last first. */
export async function withResources<Value>(
  task: (keep: <Kept extends Closable>(resource: Kept) => Kept) => Promise<Value>,
): Promise<Value> {
  const kept: Closable[] = [];
  try {
    return await task((resource) => {
      kept.push(resource);
      return resource;
    });
  } finally {
    await closeAll(kept);
  }
}
