/** 32 random characters of `0-9a-f`, from what every runtime has. */
export function randomId(): string {
  return crypto.randomUUID().replaceAll('-', '');
}
