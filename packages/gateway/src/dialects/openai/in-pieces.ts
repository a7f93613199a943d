/** A character of JSON takes 6 bytes at most (`\u001b`): so no event of a stream is longer than 16 kB. */
const longest = 2048;

/** A text as it is streamed: in pieces of at most 2048 UTF-16 units, none of which ends within a character. */
export function inPieces(text: string): string[] {
  if (text.length <= longest) return [text];
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = start + longest;
    const isWithinPair = /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(end));
    pieces.push(text.slice(start, isWithinPair ? end - 1 : end));
    start = isWithinPair ? end - 1 : end;
  }
  return pieces;
}
