import type { NewResponse, ResponseStore, StoredResponse } from '../ports/response-store.ts';

/** How long a store in memory keeps responses. */
export interface MemoryResponseStoreOptions {
  /** How long a response stays after its last change, in milliseconds. Default: 3,600,000. */
  readonly ttlMs?: number;
}

interface Kept extends Omit<NewResponse, 'isRunning'> {
  /** Absent for one that was not made in the background. */
  readonly run?: { readonly state: 'running' | 'cancelling' | 'ended'; readonly events: readonly string[] };
  readonly expiresAt: number;
}

/** A `ResponseStore` that keeps the whole contract in a map, for tests: it is not bounded, and gone with the process. */
export function createMemoryResponseStore({ ttlMs = 3_600_000 }: MemoryResponseStoreOptions = {}): ResponseStore {
  const responses = new Map<string, Kept>();
  const held = new Set<string>();
  const keyOf = (tenant: string, id: string): string => JSON.stringify([tenant, id]);

  function find(tenant: string, id: string): Kept | undefined {
    const found = responses.get(keyOf(tenant, id));
    return found !== undefined && found.expiresAt > Date.now() ? structuredClone(found) : undefined;
  }

  function write(tenant: string, kept: Omit<Kept, 'expiresAt'>): StoredResponse {
    const written = structuredClone({ ...kept, expiresAt: Date.now() + ttlMs });
    responses.set(keyOf(tenant, kept.id), written);
    return toStored(written);
  }

  return {
    async create(tenant, { isRunning, ...response }) {
      write(tenant, { ...response, ...(isRunning === true && { run: { state: 'running', events: [] } }) });
    },
    async read(tenant, id) {
      const found = find(tenant, id);
      return found && toStored(found);
    },
    readInput: async (tenant, id) => find(tenant, id)?.input,
    async readEvents(tenant, id, from) {
      const found = find(tenant, id);
      return found && (found.run?.events.slice(from) ?? []);
    },
    async update(tenant, id, { told, position, isRunning, events, after }) {
      const found = find(tenant, id);
      if (found?.run === undefined || found.run.state === 'ended') return undefined;
      const stored = found.run.events;
      const run = {
        state: isRunning ? found.run.state : 'ended',
        events: [...stored, ...events.slice(Math.max(0, stored.length - after))],
      } as const;
      return write(tenant, { id, input: found.input, told, ...(position && { position }), run });
    },
    async cancel(tenant, id) {
      const found = find(tenant, id);
      if (found?.run === undefined || found.run.state === 'ended') return false;
      write(tenant, { ...found, run: { ...found.run, state: 'cancelling' } });
      return true;
    },
    async delete(tenant, id) {
      const isThere = find(tenant, id) !== undefined;
      responses.delete(keyOf(tenant, id));
      return isThere;
    },
    async hold(tenant, id) {
      const key = keyOf(tenant, id);
      if (held.has(key)) return undefined;
      held.add(key);
      let isMine = true;
      return async () => {
        if (isMine) held.delete(key);
        isMine = false;
      };
    },
  };
}

function toStored({ input: _input, expiresAt: _expiresAt, run, ...response }: Kept): StoredResponse {
  return { ...response, ...(run && { background: { state: run.state, eventCount: run.events.length } }) };
}
