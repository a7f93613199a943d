import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface AgentPlaceOptions {
  /** The directory that the places of all are in. */
  readonly root: string;
  /** Where the CLI has its own files; undefined for its usual place, where it can't be told what is whose. */
  readonly configDirectory: string | undefined;
}

/** What one agent's process has on disk, besides the directories that it works in. */
export interface AgentPlace {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Makes the directories. Called once, before the process starts. */
  make(): void;
  /** Writes settings to a private file, since they may hold secrets. Gives the file's path. */
  writeSettings(settings: object): string;
  /** Removes all that the process has left. Called once it has ended, with all that it started. */
  remove(): Promise<void>;
}

/** A place for a process that has not started yet. */
export function agentPlace({ root, configDirectory }: AgentPlaceOptions): AgentPlace {
  const name = randomBytes(4).toString('hex');
  const directory = join(root, name);
  const temporary = join(directory, 'tmp');
  const results = configDirectory === undefined ? [] : [join(configDirectory, 'projects', name)];
  return {
    name,
    // Long outputs are saved under the project's name. A CLI that does not know the variable names them for the working directory.
    environment: { TMPDIR: temporary, ...(configDirectory !== undefined && { CLAUDE_CODE_PROJECT_DIR_NAME: name }) },
    make: () => void mkdirSync(temporary, { recursive: true, mode: 0o700 }),
    writeSettings(settings) {
      const file = join(directory, 'settings.json');
      writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
      return file;
    },
    async remove() {
      for (const path of [directory, ...results]) await rm(path, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
    },
  };
}
