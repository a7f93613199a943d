/** The keys that a request brings: that of `authorization: Bearer`, then that of `x-api-key`. */
export function readSentKeys(headers: Headers): string[] {
  const bearer = /^bearer[ \t]+(.+)$/i.exec(headers.get('authorization')?.trim() ?? '')?.[1];
  return [bearer, headers.get('x-api-key')].flatMap((key) => key?.trim() || []);
}
