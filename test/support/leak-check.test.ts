import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startLeakCheck } from './leak-check.ts';

test('what is left is found: processes, files, handles, and timers, also those that keep nothing alive', async () => {
  const leaks = startLeakCheck();
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  mkdtempSync(join(tmpdir(), 'left-'));
  const server = createServer().listen(0, '127.0.0.1');
  const interval = setInterval(() => {}, 60_000).unref();
  const timeout = setTimeout(() => {}, 60_000);
  try {
    const failure = await leaks.finish(200).catch((error: unknown) => String(error));
    expect(failure).toContain('sleep 60');
    expect(failure).toMatch(/temporary file \S+\/left-/);
    expect(failure).toContain('active handles of type TCPServerWrap');
    expect(failure?.match(/a timer made at [^;]*leak-check\.test\.ts/g)).toHaveLength(2);
  } finally {
    clearInterval(interval);
    clearTimeout(timeout);
    server.close();
    child.kill();
  }
});

test('what has ended is no leak', async () => {
  const leaks = startLeakCheck();
  clearInterval(setInterval(() => {}, 60_000));
  clearTimeout(setTimeout(() => {}, 60_000));
  await new Promise((resolve) => setTimeout(resolve, 1));
  await leaks.finish();
});
