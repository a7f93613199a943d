import { stat } from 'node:fs/promises';
import type { Logger } from '@claude-code-api/gateway';
import type { CliInstallation } from './find-cli.ts';
import { readCliVersion } from './cli-version.ts';

/** The CLI as it is now: it updates itself, and may be moved by that. */
export interface CurrentCli {
  readonly path: string;
  readonly version: string;
  /** Whether it was gone, and no other there, when it was last looked for. */
  readonly isMissing: boolean;
  /** Looks whether it has been replaced, and looks for another where it is gone. Never rejects. */
  check(): Promise<void>;
}

export function createCurrentCli(found: CliInstallation, logger: Logger): CurrentCli {
  let { path, version } = found;
  let isMissing = false;
  let identity: string | undefined;
  let checking: Promise<void> | undefined;
  // What it is at first; a version that is put in its place from now on is another.
  const first = identify(path);

  async function look(): Promise<void> {
    identity ??= await first;
    const now = await identify(path);
    if (now === identity && now !== undefined) {
      isMissing = false;
      return;
    }
    const next = now === undefined ? await found.find?.().catch(() => undefined) : { path, version: await readCliVersion(path) };
    isMissing = next === undefined;
    // A moment later it may be whole.
    if (next?.version === undefined) return;
    if (next.version !== version || next.path !== path) logger.info({ from: version, to: next.version }, 'Claude Code has been replaced');
    identity = await identify(next.path);
    ({ path, version } = { path: next.path, version: next.version });
  }

  return {
    get path() {
      return path;
    },
    get version() {
      return version;
    },
    get isMissing() {
      return isMissing;
    },
    check() {
      checking ??= look().finally(() => {
        checking = undefined;
      });
      return checking;
    },
  };
}

/** What differs when another file is put in the place of one; undefined when there is none. A link is what it leads to. */
async function identify(path: string): Promise<string | undefined> {
  return stat(path).then(
    ({ dev, ino, mtimeMs, size }) => `${dev} ${ino} ${mtimeMs} ${size}`,
    () => undefined,
  );
}
