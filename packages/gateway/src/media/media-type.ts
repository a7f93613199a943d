const signatures: readonly (readonly [mediaType: string, matches: RegExp])[] = [
  ['image/png', /^\x89PNG\r\n\x1a\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF[^]{4}WEBP/],
  ['application/pdf', /^%PDF-/],
];

/** Tells what bytes are by how they begin, given in base64; undefined for none of the kinds that Claude reads. */
export function mediaTypeOf(base64: string): string | undefined {
  let beginning: string;
  try {
    beginning = atob(base64.slice(0, 24));
  } catch {
    return undefined;
  }
  return signatures.find(([, matches]) => matches.test(beginning))?.[0];
}
