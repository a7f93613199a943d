/**
 * Splits a stream of bytes, UTF-8, into lines of text without their ends.
 *
 * @returns A function that takes the next bytes, and gives the lines that are complete by then.
 * @throws {RangeError} As soon as a line has more than `maxCharacters`; nothing of it is kept.
 */
export function splitLines(maxCharacters: number): (bytes: Uint8Array) => readonly string[] {
  const decoder = new TextDecoder();
  let pending: string[] = [];
  let size = 0;

  function hold(piece: string): void {
    size += piece.length;
    if (size > maxCharacters) {
      pending = [];
      throw new RangeError(`A line has more than ${maxCharacters} characters.`);
    }
    pending.push(piece);
  }

  return (bytes) => {
    const [first = '', ...others] = decoder.decode(bytes, { stream: true }).split('\n');
    hold(first);
    return others.map((piece) => {
      const line = pending.join('');
      pending = [];
      size = 0;
      hold(piece);
      return line;
    });
  };
}
