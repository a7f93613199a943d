/** A random id, from what every runtime has: a UUID. */
export function randomId(): string {
  return crypto.randomUUID();
}

/** The same without its dashes: 32 hexadecimal digits. */
export function randomDigits(): string {
  return randomId().replaceAll('-', '');
}
