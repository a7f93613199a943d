/** What the mock says to a message, in pieces: its token, and those of the messages that it heard before. */
export function said(token: string, earlier: readonly string[] = []): string[] {
  return ['You', ` said ${token}`, ` after ${earlier.join(', ') || 'nothing'}`, '.'];
}
