/** A random id, from what every runtime has: a UUID. */
export function randomId(): string {
  return crypto.randomUUID();
}

/** A random id as 32 hexadecimal digits: a UUID without its dashes. */
export function randomDigits(): string {
  return randomId().replaceAll('-', '');
}
