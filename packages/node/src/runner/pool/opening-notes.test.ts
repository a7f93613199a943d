import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createOpeningNotes, type OpeningNotesOptions } from './opening-notes.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'opening-notes-'));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(root, { recursive: true, force: true });
});

test.each(['a process that does not start', 'a directory that can not be made'])(
  '%s: nothing is known, and ten minutes later it is tried again',
  async (fault) => {
    const start = vi.fn(() => {
      throw new Error('no process');
    });
    const warn = vi.fn();
    const options: Partial<OpeningNotesOptions> = {
      launcher: { root: fault.startsWith('a process') ? root : join(root, 'file', '\0'), start },
      launchIn: (workingDirectory) => ({ workingDirectory, arguments: () => [], environment: {} }) as never,
      session: { historyTimeoutMs: 1000 },
      logger: { debug: vi.fn(), info: vi.fn(), warn, error: vi.fn() },
    };
    const notes = createOpeningNotes(options as OpeningNotesOptions);
    expect(await notes('sonnet')).toBeUndefined();
    expect(await notes('sonnet')).toBeUndefined();
    expect(warn).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(await notes('sonnet')).toBeUndefined();
    expect(warn).toHaveBeenCalledTimes(2);
    expect(await readdir(root)).toEqual([]);
  },
);
