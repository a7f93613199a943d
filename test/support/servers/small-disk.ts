import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  /** Where it is mounted. */
  readonly path: string;
  /** Leaves no room on it for another byte; or not even for an empty file. */
  fill(what: 'bytes' | 'files'): void;
  /** Takes away what filled it. */
  clear(): void;
  remove(): void;
}

const options = 'size=2m,nr_inodes=400';

/** Mounts a real disk of two megabytes; undefined where this process may not, which takes root. */
export function mountSmallDisk(): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), 'small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    rmSync(path, { recursive: true });
    return undefined;
  }
  const filling = join(path, 'filling');
  return {
    path,
    fill(what) {
      mkdirSync(filling, { recursive: true });
      for (const size of what === 'bytes' ? [65_536, 1] : [65_536, 1, 0])
        untilFull((count) => writeFileSync(join(filling, `${size}-${count}`), 'x'.repeat(size)));
    },
    clear: () => rmSync(filling, { recursive: true, force: true }),
    remove() {
      // What still uses it keeps it until its end.
      execFileSync('umount', ['--lazy', path]);
      rmSync(path, { recursive: true });
    },
  };
}

function untilFull(write: (count: number) => void): void {
  try {
    for (let count = 0; count < 10_000; count += 1) write(count);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return;
    throw error;
  }
  throw new Error('The disk is not small.');
}
