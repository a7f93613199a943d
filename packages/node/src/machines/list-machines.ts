import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import type { Logger } from '@claude-code-api/gateway';
import { withinTime } from '@claude-code-api/gateway/runner-kit';
import * as z from 'zod';
import { parseMachineSource, toUrl, type MachineSource } from '../config/machine-sources.ts';
import { defaultRedisUrl } from '../config/storage-schema.ts';
import type { Settings } from '../config/settings-schema.ts';
import { openRedis, type OpenRedis } from '../storage/open-redis.ts';

export interface MachineList {
  /**
   * The base URLs of all machines, as they are now; of a source that can't be read, as they were last.
   *
   * @throws {Error} When none of the sources could ever be read.
   */
  read(): Promise<readonly string[]>;
  close(): void;
}

/** All addresses of a name. */
export type LookUp = (name: string) => Promise<readonly { readonly address: string }[]>;

/** Less than the whole list may take. */
const longestReadMs = 3000;
const members = z.array(z.string());

/**
 * Reads `claude.machines`, the same sources each time.
 *
 * @param lookUp Default: by the resolver of this machine.
 */
export async function listMachines(
  { claude, storage }: Pick<Settings, 'claude' | 'storage'>,
  logger: Logger,
  lookUp: LookUp = (name) => lookup(name, { all: true }),
): Promise<MachineList> {
  const sources = claude.machines.flatMap((text) => parseMachineSource(text) ?? []);
  const redis = sources.some(({ kind }) => kind === 'redis') ? await openRedis({ url: storage.url ?? defaultRedisUrl, logger }) : undefined;
  const last = new Map<MachineSource, readonly string[]>();
  const failing = new Set<MachineSource>();
  const underway = new Map<MachineSource, Promise<readonly string[]>>();

  /** Not asked twice at a time: a name that is looked up without end holds one of the few threads that files need too. */
  function ask(source: MachineSource): Promise<readonly string[]> {
    const asking =
      underway.get(source) ?? readSource(source, { redis, lookUp, keyPrefix: storage.key_prefix }).finally(() => underway.delete(source));
    underway.set(source, asking);
    return asking;
  }

  async function read(source: MachineSource): Promise<void> {
    try {
      last.set(source, await withinTime(ask(source), longestReadMs));
      failing.delete(source);
    } catch (error) {
      if (!failing.has(source)) logger.warn({ error, source: source.kind }, 'machines can not be read; they stay as they were last');
      failing.add(source);
      throw error;
    }
  }

  return {
    async read() {
      const results = await Promise.allSettled(sources.map(read));
      const failure = results.find((result) => result.status === 'rejected');
      if (last.size === 0 && failure !== undefined) throw failure.reason;
      return [...new Set(sources.flatMap((source) => last.get(source) ?? []))];
    },
    close: () => redis?.close(),
  };
}

interface Readers {
  readonly redis: OpenRedis | undefined;
  readonly lookUp: LookUp;
  readonly keyPrefix: string;
}

async function readSource(source: MachineSource, { redis, lookUp, keyPrefix }: Readers): Promise<readonly string[]> {
  switch (source.kind) {
    case 'url':
      return [source.url];
    case 'file':
      return toUrls((await readFile(source.path, 'utf8')).split('\n').filter((line) => !line.trimStart().startsWith('#')));
    case 'dns':
      return (await lookUp(source.url.hostname)).map(({ address }) => toAddressUrl(source.url, address));
    case 'redis': {
      return toUrls(members.parse((await redis?.command('SMEMBERS', `${keyPrefix}:machines`)) ?? []));
    }
  }
}

/** What is no URL is passed over: one wrong line takes no machine away. */
function toUrls(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.trim().replace(/\/+$/, '')).filter((line) => toUrl(line) !== undefined);
}

function toAddressUrl(named: URL, address: string): string {
  const url = new URL(named);
  url.hostname = isIPv6(address) ? `[${address}]` : address;
  return url.href.replace(/\/+$/, '');
}
