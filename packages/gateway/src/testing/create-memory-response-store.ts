import type { NewResponse, ResponseStore } from '../ports/response-store.ts';

export interface MemoryResponseStoreOptions {
  /** How long a response stays. Default: an hour. */
  readonly ttlMs?: number;
}

interface Kept extends NewResponse {
  readonly expiresAt: number;
}

/** A `ResponseStore` that keeps the whole contract in a map, for tests: it is not bounded, and gone with the process. */
export function createMemoryResponseStore({ ttlMs = 3_600_000 }: MemoryResponseStoreOptions = {}): ResponseStore {
  const responses = new Map<string, Kept>();
  const keyOf = (tenant: string, id: string): string => JSON.stringify([tenant, id]);

  function find(tenant: string, id: string): Kept | undefined {
    const found = responses.get(keyOf(tenant, id));
    return found !== undefined && found.expiresAt > Date.now() ? structuredClone(found) : undefined;
  }

  return {
    async create(tenant, response) {
      responses.set(keyOf(tenant, response.id), structuredClone({ ...response, expiresAt: Date.now() + ttlMs }));
    },
    async read(tenant, id) {
      const found = find(tenant, id);
      if (found === undefined) return undefined;
      const { input: _input, expiresAt: _expiresAt, ...response } = found;
      return response;
    },
    readInput: async (tenant, id) => find(tenant, id)?.input,
    async delete(tenant, id) {
      const isThere = find(tenant, id) !== undefined;
      responses.delete(keyOf(tenant, id));
      return isThere;
    },
  };
}
