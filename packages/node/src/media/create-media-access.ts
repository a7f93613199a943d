import type { MediaAccess, MediaLimits } from '@claude-code-api/gateway';
import PQueue from 'p-queue';

/** The most files and URLs that are read at once: for the whole server, and for one caller. */
const perServer = 8;
const perTenant = 3;

type Read = NonNullable<MediaAccess['fetchUrl']>;

/** Reads and fetches what callers name a few at a time: all of it is held in memory meanwhile. Files and URLs do not wait for one another. */
export function createMediaAccess({ readLocalFile, fetchUrl }: MediaAccess): MediaAccess {
  return {
    ...(readLocalFile !== undefined && { readLocalFile: inTurn(readLocalFile) }),
    ...(fetchUrl !== undefined && { fetchUrl: inTurn(fetchUrl) }),
  };
}

function inTurn(read: Read): Read {
  const server = new PQueue({ concurrency: perServer });
  const tenants = new Map<string, PQueue>();

  function queueOf(tenant: string): PQueue {
    const known = tenants.get(tenant);
    if (known !== undefined) return known;
    const fresh = new PQueue({ concurrency: perTenant });
    fresh.on('idle', () => tenants.delete(tenant));
    tenants.set(tenant, fresh);
    return fresh;
  }

  return (location, limits: MediaLimits) =>
    queueOf(limits.tenant).add(() =>
      server.add(() => {
        limits.signal.throwIfAborted();
        return read(location, limits);
      }),
    );
}
