import { createHash } from 'node:crypto';
import { mkdtempSync, readlinkSync, accessSync, constants } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { hostname, homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { killMarked } from './kill-processes.ts';
import type { AgentProfile } from '../profile/agent-profile.ts';
import { isWithin, realPathOf } from '../profile/paths.ts';

/**
 * Makes a directory that is this process's own, and throws away, in the background, those of processes that were killed.
 *
 * @throws {Error} When that can't be, with what to do about it.
 */
export function makePrivateDirectory(parent: string): string {
  void removeLeftovers(parent).catch(() => {});
  try {
    return mkdtempSync(join(parent, `claude-code-api-${process.pid}-${systemTag()}-`));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    const mend = isFull ? 'Make room there' : 'Create that directory and let the user that runs the server write there';
    throw new Error(
      `Temporary files can't be made in '${parent}' (${String(code)}${isFull ? ': no space left' : ''}). ${mend}, or name another in the environment variable TMPDIR.`,
      { cause: error },
    );
  }
}

async function removeLeftovers(parent: string): Promise<void> {
  const tag = systemTag();
  for (const name of await readdir(parent)) {
    const [, pid, ofSystem] = privateName.exec(name) ?? [];
    if (ofSystem !== tag || isAlive(Number(pid))) continue;
    const path = join(parent, name);
    const found = await lstat(path).catch(() => undefined);
    // Whatever another user has put there is not ours.
    if (found?.isDirectory() !== true || found.uid !== process.getuid?.()) continue;
    // An agent's CLI works on until its turn is over, whoever is gone.
    killMarked(`${path}#`);
    await rm(path, { recursive: true, force: true });
  }
}

/** Where process ids mean the same: containers may share a directory, but not their processes. */
function systemTag(): string {
  return createHash('sha256').update(`${hostname()} ${processNamespace()}`).digest('hex').slice(0, 8);
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** What the private directory of a server is called: its process, and the machine or container that has this process. */
export const privateName = /^claude-code-api-(\d+)-([0-9a-f]{8})-\w{6}$/;

/**
 * Where the private directory of a runner is made: in the place for temporary files, or, where a profile opens that, in `/var/tmp` or the
 * user's `.cache`. Where all of them are open, it is the first all the same.
 */
export function privateParentOf(profiles: Readonly<Record<string, AgentProfile>>): string {
  const open = Object.values(profiles).flatMap(({ workingDirectory, additionalDirectories }) =>
    workingDirectory === undefined ? additionalDirectories : [workingDirectory, ...additionalDirectories],
  );
  const reach = open.map(realPathOf);
  const usual = realPathOf(tmpdir());
  const isApart = (path: string): boolean => !reach.some((directory) => isWithin(path, directory));
  if (isApart(usual)) return usual;
  const others = ['/var/tmp', join(homedir(), '.cache')].map(realPathOf);
  return others.find((path) => isApart(path) && isUsable(path)) ?? usual;
}

function isUsable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
