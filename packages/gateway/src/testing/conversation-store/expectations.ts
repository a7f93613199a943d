import type { ConversationInfo } from '../../ports/conversation-store.ts';

/** @throws {Error} When the condition does not hold. */
export function must(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`The contract of ConversationStore says that ${what}.`);
}

/** @throws {Error} When the two are not the same JSON, in whatever order their keys are. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [left, right] = [canonical(actual), canonical(expected)];
  must(left === right, `${what}: ${left.slice(0, 500)} is not ${right.slice(0, 500)}`);
}

/** @throws {Error} When a change was not made. */
export function known(info: ConversationInfo | undefined): ConversationInfo {
  if (info === undefined) throw new Error('The contract of ConversationStore says that a change of a known conversation is made.');
  return info;
}

/** What the promise fails with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('The operation should have failed, and has ended well.');
}

/** JSON with the keys of each object in order. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, each: unknown) =>
      typeof each === 'object' && each !== null && !Array.isArray(each)
        ? Object.entries(each).toSorted(([left], [right]) => (left < right ? -1 : 1))
        : each,
    ) ?? 'undefined'
  );
}
