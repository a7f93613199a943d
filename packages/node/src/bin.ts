#!/usr/bin/env node
import { createSecretMask } from './log/create-secret-mask.ts';
import { main } from './command/main.ts';

// A reader of the output who has gone is no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const setExitCode = (code: number): void => {
  process.exitCode = code;
};

const starting = main({ argv: process.argv.slice(2), environment: process.env, print, setExitCode });
/** npm sends on the Ctrl-C of a terminal that has sent it here as well: so soon after the first a second one is the same. */
const sameSignalMs = 500;
const lastWordsMs = 5000;
let stoppedAt: number | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stoppedAt !== undefined) {
      // A second signal says that nobody wants to wait.
      if (performance.now() - stoppedAt > sameSignalMs) process.exit(1);
      return;
    }
    stoppedAt = performance.now();
    // Also while it starts: it may have started processes already.
    void starting
      .then((server) => server?.stop())
      .then(
        () => leave(0),
        () => leave(1),
      );
  });
}

/** Nothing is left that keeps the process from its end, but for what others have put into it, which may have something to send yet. */
function leave(exitCode: number): void {
  process.exitCode = exitCode;
  setTimeout(() => process.exit(), lastWordsMs).unref();
}

try {
  await starting;
} catch (error) {
  process.stderr.write(`${createSecretMask()(error instanceof Error ? error.message : String(error))}\n`);
  process.exitCode = 1;
}
