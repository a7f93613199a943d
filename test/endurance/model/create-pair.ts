import type { Random } from '../../support/create-random.ts';
import { startRememberingServer, type RememberingServer, type RememberingStorage } from '../kills/start-remembering-server.ts';

/** Two servers on one storage. */
export interface Pair {
  /** The URL of one of them. */
  url(): string;
  readonly urls: () => readonly string[];
  restart(): Promise<void>;
  /** Kills the server of this URL, and starts another. */
  kill(url: string): Promise<void>;
  /** Kills both, for good. More than once is the same as once. */
  close(): Promise<void>;
  /** How often one was stopped, and killed. */
  readonly counts: { stops: number; kills: number };
}

/** What tests ask for. */
const asExpected = /It fails, as it was told|was changed or deleted while its turn ran/;

/** Starts two servers. What one of them has to complain about makes its end fail. */
export async function createPair(script: string, storage: RememberingStorage, random: Random): Promise<Pair> {
  const servers: RememberingServer[] = [];
  const counts = { stops: 0, kills: 0 };

  async function replace(index: number, end: (server: RememberingServer) => Promise<void>): Promise<void> {
    const server = servers[index];
    if (server === undefined) throw new Error('There is no such server.');
    await end(server);
    const complaints = server.problems.filter((line) => !asExpected.test(line));
    if (complaints.length > 0) throw new Error(`A server complains: ${complaints.join('\n')}`);
    servers[index] = await startRememberingServer(script, storage);
  }

  servers.push(await startRememberingServer(script, storage), await startRememberingServer(script, storage));
  return {
    url: () => random.pick(servers).url,
    urls: () => servers.map(({ url }) => url),
    async restart() {
      counts.stops += 1;
      await replace(random.below(2), (server) => server.stop());
    },
    async kill(url) {
      counts.kills += 1;
      await replace(
        servers.findIndex((server) => server.url === url),
        (server) => server.kill(),
      );
    },
    close: async () => void (await Promise.all(servers.map((server) => server.kill()))),
    counts,
  };
}
