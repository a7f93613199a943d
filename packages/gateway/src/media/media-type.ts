/** How files of a kind begin, as Latin-1 text; `.` stands for any byte. */
const signatures: readonly (readonly [mediaType: string, beginning: string])[] = [
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/gif', 'GIF8.a'],
  ['image/webp', 'RIFF....WEBP'],
  ['application/pdf', '%PDF-'],
];

/** Tells what bytes are by how they begin, given in base64; undefined for none of the kinds that Claude reads. */
export function mediaTypeOf(base64: string): string | undefined {
  let beginning: string;
  try {
    beginning = atob(base64.slice(0, 24));
  } catch {
    return undefined;
  }
  return signatures.find(([, signature]) => Array.from(signature).every((each, index) => each === '.' || each === beginning[index]))?.[0];
}
