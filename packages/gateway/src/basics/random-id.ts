/** A random id, from what every runtime has: a UUID. */
export function randomId(): string {
  return crypto.randomUUID();
}

/** A random id as 32 hexadecimal digits: a UUID without its dashes. */
export function randomDigits(): string {
  const id = randomId();
  // To look for the dashes takes ten times as long.
  return id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24);
}
