const shortest = 13;

/** What of a key may be shown to whoever sent it, so that they can tell which one it was: its first three characters and its last four. */
export function maskSecret(secret: string): string {
  return secret.length < shortest ? '********' : `${secret.slice(0, 3)}********${secret.slice(-4)}`;
}
