export interface LineWriter {
  write(line: string): void;
}

/** What waits for a reader who has fallen behind; lines beyond it are lost. */
const maxWaitingBytes = 4_000_000;

/**
 * Writes lines to standard error, and never fails nor waits: what can't be written, to a pipe that was closed or a disk that is full, is
 * lost. (pino's own destination writes in a thread, which keeps the process from ending as long as nobody reads a full pipe.)
 */
export function createStderrWriter(): LineWriter {
  const { stderr } = process;
  // One is enough, however many loggers there are.
  if (!stderr.listeners('error').includes(ignore)) stderr.on('error', ignore);
  return {
    write(line) {
      if (stderr.writable && stderr.writableLength < maxWaitingBytes) stderr.write(line);
    },
  };
}

function ignore(): void {
  // There is nowhere else to say it.
}
