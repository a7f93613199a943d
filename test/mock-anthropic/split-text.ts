/** Cuts a text into pieces of `size` characters (code points, so that no surrogate pair is cut). */
export function splitText(text: string, size: number): string[] {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`A piece cannot have ${size} characters.`);
  const characters = Array.from(text);
  const pieces: string[] = [];
  for (let start = 0; start < characters.length; start += size) {
    pieces.push(characters.slice(start, start + size).join(''));
  }
  return pieces;
}
