import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, utimesSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface WorkingDirectoriesOptions {
  /** The directory that they are in. */
  readonly root: string;
  /** How long a directory is kept that nobody uses, in milliseconds. */
  readonly ttlMs: number;
}

/** Who works in a directory; ended when the directory is to go. */
export interface DirectoryUser {
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface WorkingDirectories {
  /** The private directory of a conversation, made if need be; without one, a directory that goes with its user. */
  open(tenant: string, conversation: string | undefined): WorkingDirectory;
  /** Removes a conversation's directory, and ends whoever works in it. */
  forget(tenant: string, conversation: string): Promise<void>;
  /** Waits for what is being removed. */
  close(): Promise<void>;
}

export interface WorkingDirectory {
  readonly path: string;
  /** Keeps the directory as long as its user lives. */
  use(user: DirectoryUser): void;
}

const ownName = /^[0-9a-f]{32}$/;
const goneName = /^[0-9a-f-]{36}\.gone$/;
const longestSweepPauseMs = 60_000;

/** The directories that agents work in, one for each conversation. What is on disk is what there is: they outlive a restart. */
export function createWorkingDirectories({ root, ttlMs }: WorkingDirectoriesOptions): WorkingDirectories {
  const users = new Map<string, Set<DirectoryUser>>();
  let removals = Promise.resolve();
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const timer = setInterval(() => void sweep(), Math.min(ttlMs, longestSweepPauseMs));
  timer.unref();

  /** Removes a directory. A conversation that opens it again meanwhile gets an empty one. */
  function remove(name: string): Promise<void> {
    const gone = join(root, `${randomUUID()}.gone`);
    try {
      renameSync(join(root, name), gone);
    } catch {
      return removals;
    }
    removals = removals.then(() => rm(gone, { recursive: true, force: true, maxRetries: 5 })).catch(() => {});
    return removals;
  }

  async function sweep(): Promise<void> {
    const names = await readdir(root).catch(() => []);
    for (const name of names) {
      const path = join(root, name);
      if (goneName.test(name)) await rm(path, { recursive: true, force: true }).catch(() => {});
      if (!ownName.test(name)) continue;
      if (users.has(name)) touch(path);
      else {
        const age = await stat(path).then(
          ({ mtimeMs }) => Date.now() - mtimeMs,
          () => 0,
        );
        if (age > ttlMs && !users.has(name)) await remove(name);
      }
    }
  }

  async function whenEnded(name: string, user: DirectoryUser, isThrownAway: boolean): Promise<void> {
    await user.ended;
    const all = users.get(name);
    all?.delete(user);
    if (all === undefined || all.size > 0) return;
    users.delete(name);
    if (isThrownAway) await remove(name);
    else touch(join(root, name));
  }

  return {
    open(tenant, conversation) {
      const name = conversation === undefined ? randomUUID().replaceAll('-', '') : nameOf(tenant, conversation);
      const path = join(root, name);
      mkdirSync(path, { recursive: true, mode: 0o700 });
      touch(path);
      return {
        path,
        use(user) {
          const all = users.get(name) ?? new Set();
          users.set(name, all.add(user));
          void whenEnded(name, user, conversation === undefined);
        },
      };
    },
    async forget(tenant, conversation) {
      const name = nameOf(tenant, conversation);
      await Promise.all([...(users.get(name) ?? [])].map((user) => user.stop()));
      await remove(name);
    },
    close() {
      clearInterval(timer);
      return removals;
    },
  };
}

/** JSON keeps a tenant's name apart from a conversation's. */
function nameOf(tenant: string, conversation: string): string {
  return createHash('sha256')
    .update(JSON.stringify([tenant, conversation]))
    .digest('hex')
    .slice(0, 32);
}

/** It is used now. Where it is gone already, there is nothing to keep. */
function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {}
}
