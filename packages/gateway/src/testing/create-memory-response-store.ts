import type { NewResponse, ResponseStore } from '../ports/response-store.ts';

export interface MemoryResponseStoreOptions {
  /** How long a response stays after its last change. Default: an hour. */
  readonly ttlMs?: number;
}

interface Kept extends Required<Omit<NewResponse, 'position'>>, Pick<NewResponse, 'position'> {
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

  function write(tenant: string, kept: Omit<Kept, 'expiresAt'>): void {
    responses.set(keyOf(tenant, kept.id), structuredClone({ ...kept, expiresAt: Date.now() + ttlMs }));
  }

  return {
    create: async (tenant, response) => write(tenant, { events: [], ...response }),
    async read(tenant, id) {
      const found = find(tenant, id);
      if (found === undefined) return undefined;
      const { input: _input, events, expiresAt: _expiresAt, ...response } = found;
      return { ...response, eventCount: events.length };
    },
    readInput: async (tenant, id) => find(tenant, id)?.input,
    readEvents: async (tenant, id, from) => find(tenant, id)?.events.slice(from),
    async update(tenant, id, { events, ...state }) {
      const found = find(tenant, id);
      if (found?.isRunning !== true) return false;
      const { id: _id, input, events: earlier } = found;
      write(tenant, { id, input, ...state, events: [...earlier, ...events] });
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
      let mine = true;
      return async () => {
        if (mine) held.delete(key);
        mine = false;
      };
    },
  };
}
