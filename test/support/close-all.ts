/** What a test has begun and is to end. */
export interface Closable {
  close(): unknown;
}

/**
 * Ends what was begun, the last first, and leaves the list empty. One that can't be ended keeps none of the others from it.
 *
 * @throws {AggregateError} When some could not be ended.
 */
export async function closeAll(open: Closable[]): Promise<void> {
  const failures: unknown[] = [];
  for (const each of open.splice(0).toReversed()) {
    try {
      await each.close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} could not be ended: ${failures.map(String).join('; ')}`);
}
