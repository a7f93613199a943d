/** Throws when the condition does not hold. */
export type Must = (condition: boolean, what: string) => asserts condition;

/** Makes what the checks of a port's contract say with what holds of it. */
export function mustOf(port: string): Must {
  return (condition, what) => {
    if (!condition) throw new Error(`The contract of ${port} says that ${what}.`);
  };
}

/**
 * What the promise fails with.
 *
 * @throws {Error} When it does not.
 */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It should have failed, and has ended well.');
}

/** As JSON, with the keys of each object in order. */
export function toSortedJson(value: unknown): string {
  return (
    JSON.stringify(value, (_, each: unknown) =>
      typeof each === 'object' && each !== null && !Array.isArray(each)
        ? Object.fromEntries(Object.entries(each).toSorted(([one], [other]) => (one < other ? -1 : 1)))
        : each,
    ) ?? 'undefined'
  );
}
