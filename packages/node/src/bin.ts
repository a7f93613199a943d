#!/usr/bin/env node
import { main } from './server/main.ts';

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const starting = main({ argv: process.argv.slice(2), environment: process.env, print });
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Whoever asks a second time does not want to wait.
    if (stopping) process.exit(1);
    stopping = true;
    // Also while it starts: it may have started processes already.
    void starting
      .then((server) => server?.close())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  });
}
try {
  await starting;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
