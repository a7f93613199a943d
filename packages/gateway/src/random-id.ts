/** A random id, from what every runtime has: a UUID. */
export function randomId(): string {
  return crypto.randomUUID();
}
