const encoder = new TextEncoder();

/** What a text takes in UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}
