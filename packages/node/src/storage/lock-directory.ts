import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '@claude-code-api/gateway';
import { lockName, isGone, ownHolder, parseHolder } from './lock-holder.ts';

export interface LockDirectoryOptions {
  /** The longest wait for another that has it. */
  readonly waitMs: number;
  readonly logger: Logger;
}

const lookAgainMs = 100;
/** How often the process that has the lock shows that it lives, to processes that can't see it. */
const beatMs = 3000;
/** A process that has not shown so for this long is dead. */
const silenceMs = 15_000;

/** What is there in the way. */
interface Found {
  readonly text: string;
  /** Changes with each beat. */
  readonly beat: number;
}

/**
 * Takes a directory, made if need be, for this process alone, by a file in it with the process's id. That of a process that was killed on
 * this machine is taken at once; that of one elsewhere, in another container for instance, when it has shown no life for 15 seconds.
 *
 * @returns What gives it back.
 * @throws {Error} When another still has it at the end of the wait, with a message for the operator.
 */
export async function lockDirectory(path: string, { waitMs, logger }: LockDirectoryOptions): Promise<() => Promise<void>> {
  const file = join(resolve(path), lockName);
  const own = JSON.stringify(ownHolder(randomUUID()));
  const deadline = performance.now() + waitMs;
  let seen: (Found & { readonly since: number }) | undefined;
  let isTold = false;
  await mkdir(resolve(path), { recursive: true, mode: 0o700 });
  for (;;) {
    if (await create(file, own)) return keep(file, own, logger);
    const now = performance.now();
    const found = await look(file);
    if (found === undefined) continue;
    if (seen?.text !== found.text || seen.beat !== found.beat) seen = { ...found, since: now };
    const holder = parseHolder(found.text);
    const gone = (holder && isGone(holder)) ?? now - seen.since > silenceMs;
    if (gone) {
      await remove(file, found.text);
      continue;
    }
    if (now > deadline) throw inUse(path, holder?.pid);
    if (!isTold) logger.warn({ path, pid: holder?.pid }, 'another server uses the storage directory; waiting for it to end');
    isTold = true;
    await wait(lookAgainMs);
  }
}

async function create(file: string, own: string): Promise<boolean> {
  try {
    await writeFile(file, own, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Undefined when it is gone. */
async function look(file: string): Promise<Found | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    return { text, beat: mtimeMs };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Removes a file if it has this text: another may have done so already, and have put its own there. */
async function remove(file: string, text: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  const taken = await readFile(aside, 'utf8');
  if (taken !== text) await create(file, taken);
  await rm(aside, { force: true });
}

function keep(file: string, own: string, logger: Logger): () => Promise<void> {
  const beat = async (): Promise<void> => {
    try {
      if ((await readFile(file, 'utf8')) !== own) throw new Error('The file is another’s.');
      const now = new Date();
      await utimes(file, now, now);
    } catch (error) {
      logger.error({ error, file }, 'the storage directory is no longer held: another server may use it too');
    }
  };
  const timer = setInterval(() => void beat(), beatMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await remove(file, own);
  };
}

function inUse(path: string, pid: number | undefined): Error {
  const who = pid === undefined ? 'another server' : `another server (process ${pid})`;
  return new Error(
    `The directory ${path} is in use by ${who}: two servers would damage each other's conversations. Stop that one, name another directory in storage.path, or share a Redis (storage.driver).`,
  );
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
