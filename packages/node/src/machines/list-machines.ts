import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import type { Logger } from '@claude-code-api/gateway';
import * as z from 'zod';
import { parseMachineSource, toUrl, type MachineSource } from '../config/machine-sources.ts';
import { defaultRedisUrl } from '../config/storage-schema.ts';
import type { Settings } from '../config/settings-schema.ts';
import { openRedis, type OpenRedis } from '../storage/open-redis.ts';

export interface MachineList {
  /**
   * The base URLs of all machines, as they are now.
   *
   * @throws {Error} When a source can't be read.
   */
  read(): Promise<readonly string[]>;
  close(): void;
}

const members = z.array(z.string());

/** Reads `claude.machines`, the same sources each time. */
export async function listMachines({ claude, storage }: Pick<Settings, 'claude' | 'storage'>, logger: Logger): Promise<MachineList> {
  const sources = claude.machines.flatMap((text) => parseMachineSource(text) ?? []);
  const redis = sources.some(({ kind }) => kind === 'redis') ? await openRedis({ url: storage.url ?? defaultRedisUrl, logger }) : undefined;
  return {
    read: async () => [...new Set((await Promise.all(sources.map((source) => readSource(source, redis, storage.key_prefix)))).flat())],
    close: () => redis?.close(),
  };
}

async function readSource(source: MachineSource, redis: OpenRedis | undefined, keyPrefix: string): Promise<readonly string[]> {
  switch (source.kind) {
    case 'url':
      return [source.url];
    case 'file':
      return toUrls((await readFile(source.path, 'utf8')).split('\n').filter((line) => !line.trimStart().startsWith('#')));
    case 'dns':
      return (await lookup(source.url.hostname, { all: true })).map(({ address }) => toAddressUrl(source.url, address));
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
