import type { ConversationInfo } from '../../ports/conversation-store.ts';
import { mustOf, toSortedJson, type Must } from '../expectations.ts';

export const must: Must = mustOf('ConversationStore');

/** @throws {Error} When the two are not the same JSON, in whatever order their keys are. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [left, right] = [toSortedJson(actual), toSortedJson(expected)];
  must(left === right, `${what}: ${left.slice(0, 500)} is not ${right.slice(0, 500)}`);
}

/** @throws {Error} When a change was not made. */
export function known(info: ConversationInfo | undefined): ConversationInfo {
  must(info !== undefined, 'a change of a known conversation is made');
  return info;
}
