import { Buffer } from 'node:buffer';

export interface LineSplitter {
  /** Takes a chunk and gives back the lines that it completes, without their line ends. */
  push(chunk: Buffer): string[];
}

const lineFeed = 10;

/**
 * Splits a byte stream into lines of text. A line is decoded whole, so that no character is torn, whatever the chunks.
 *
 * @throws {RangeError} From `push`, as soon as a line is longer than `maxLineBytes`; nothing of it is kept.
 */
export function createLineSplitter(maxLineBytes: number): LineSplitter {
  let pending: Buffer[] = [];
  let pendingBytes = 0;

  function take(rest: Buffer): string {
    const line = pending.length === 0 ? rest : Buffer.concat([...pending, rest], pendingBytes + rest.length);
    pending = [];
    pendingBytes = 0;
    return line.toString('utf8');
  }

  function check(bytes: number): void {
    if (bytes <= maxLineBytes) return;
    pending = [];
    pendingBytes = 0;
    throw new RangeError(`A line is longer than ${maxLineBytes} bytes.`);
  }

  return {
    push(chunk) {
      const lines: string[] = [];
      let start = 0;
      for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
        check(pendingBytes + end - start);
        lines.push(take(chunk.subarray(start, end)));
        start = end + 1;
      }
      if (start < chunk.length) {
        check(pendingBytes + chunk.length - start);
        pending.push(chunk.subarray(start));
        pendingBytes += chunk.length - start;
      }
      return lines;
    },
  };
}
