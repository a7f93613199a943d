import { writeFile } from 'node:fs/promises';
import type { Random } from '../../support/create-random.ts';
import {
  startRememberingServer,
  type RememberingPart,
  type RememberingServer,
  type RememberingStorage,
} from '../kills/start-remembering-server.ts';

/** Two servers on one storage. */
export interface Pair {
  /** The URL of one of them. */
  url(): string;
  readonly urls: () => readonly string[];
  restart(): Promise<void>;
  /** Kills the server of this URL, and starts another. */
  kill(url: string): Promise<void>;
  /** Kills all, for good. More than once is the same as once. */
  close(): Promise<void>;
  /** How often one was stopped, and killed; and a machine was. */
  readonly counts: { stops: number; kills: number; machineKills: number };
  /** Those that run their turns; undefined where they do so themselves. */
  readonly machines: PairMachines | undefined;
}

export interface PairMachines {
  readonly urls: () => readonly string[];
  /** Kills the machine of this URL, and starts another at another one. Servers find that out for themselves; of those killed before they know. */
  kill(url: string): Promise<void>;
}

export interface PairOptions {
  /** A bundled `remembering-server.ts`. */
  readonly script: string;
  readonly storage: RememberingStorage;
  readonly random: Random;
  /** So many machines run the turns; the file is to name them. Default: the servers themselves do. */
  readonly machines?: { readonly count: number; readonly file: string };
}

/** What tests ask for, and what is said of machines that were killed. */
const asExpected = new RegExp(
  [
    'It fails, as it was told|was changed or deleted while its turn ran',
    'a machine failed a turn|a machine is left out|an answer broke off|The connection to the machine that runs Claude was lost',
  ].join('|'),
);

/** Starts two servers. What one of them has to complain about makes its end fail. */
export async function createPair({ script, storage, random, machines }: PairOptions): Promise<Pair> {
  const counts = { stops: 0, kills: 0, machineKills: 0 };
  const servers: RememberingServer[] = [];
  const runners: RememberingServer[] = [];
  const close = async (): Promise<void> => void (await Promise.all([...servers, ...runners].map((server) => server.kill())));
  const part: RememberingPart = { storage, ...(machines !== undefined && { machines: machines.file }) };

  async function replace(all: RememberingServer[], index: number, as: RememberingPart, end: 'kill' | 'stop'): Promise<void> {
    const server = all[index];
    if (server === undefined) throw new Error('There is no such server.');
    await server[end]();
    const complaints = server.problems.filter((line) => !asExpected.test(line));
    if (complaints.length > 0) throw new Error(`A server complains: ${complaints.join('\n')}`);
    all[index] = await startRememberingServer(script, as);
  }

  async function nameMachines(file: string): Promise<void> {
    await writeFile(file, runners.map(({ url }) => url).join('\n'));
  }

  /** A server that is asked how it is asks its machines. */
  async function haveServersLook(): Promise<void> {
    // What was being asked already may not know yet.
    for (let time = 0; time < 2; time += 1) await Promise.all(servers.map(async ({ url }) => (await fetch(`${url}/health`)).text()));
  }

  try {
    if (machines !== undefined) {
      for (let index = 0; index < machines.count; index += 1) runners.push(await startRememberingServer(script, {}));
      await nameMachines(machines.file);
    }
    for (let index = 0; index < 2; index += 1) servers.push(await startRememberingServer(script, part));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: () => random.pick(servers).url,
    urls: () => servers.map(({ url }) => url),
    async restart() {
      counts.stops += 1;
      await replace(servers, random.below(2), part, 'stop');
    },
    async kill(url) {
      counts.kills += 1;
      const index = servers.findIndex((server) => server.url === url);
      await replace(servers, index, part, 'kill');
    },
    close,
    counts,
    machines: machines && {
      urls: () => runners.map(({ url }) => url),
      async kill(url) {
        counts.machineKills += 1;
        await haveServersLook();
        const index = runners.findIndex((runner) => runner.url === url);
        await replace(runners, index, {}, 'kill');
        await nameMachines(machines.file);
      },
    },
  };
}
