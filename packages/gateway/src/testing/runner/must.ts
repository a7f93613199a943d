/** @throws {Error} When the condition does not hold. */
export function must(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`The contract of ClaudeRunner says that ${what}.`);
}
