import { createResponseCache } from '../stores/cache/create-response-cache.ts';
import { createConversationStore } from '../stores/conversations/create-conversation-store.ts';
import { createResponseStore } from '../stores/responses/create-response-store.ts';
import type { StorageBackend } from '../stores/storage-backend.ts';
import { silentLogger } from '../ports/logger.ts';
import { conversationStoreContract } from './conversation-store-contract.ts';
import { quotaStoreContract } from './quota-store-contract.ts';
import { responseCacheContract } from './response-cache-contract.ts';
import { responseStoreContract } from './response-store-contract.ts';
import type { ContractCheck } from './runner-contract.ts';

/** How the contract opens the places that it checks. */
export interface StoresContractOptions {
  /** Opens an empty place so many times, as gateways that share it do: once for one that is `single`. */
  readonly open: (count: number) => Promise<readonly StorageBackend[]>;
  /** Who may use such a place. */
  readonly sharing: StorageBackend['sharing'];
}

const hourMs = 3_600_000;
const logger = silentLogger;

/** What every place to store things in must do: the contracts of all four stores, by those that the gateway makes of it; see `runnerContract`. */
export function storesContract({ open, sharing }: StoresContractOptions): ContractCheck[] {
  const closing: (() => Promise<void>)[] = [];
  const count = sharing === 'shared' ? 2 : 1;

  async function openAll(wanted: number): Promise<readonly StorageBackend[]> {
    const backends = await open(wanted);
    closing.push(...backends.map((backend) => () => backend.close()));
    return backends;
  }

  async function openOne(): Promise<StorageBackend> {
    const [backend] = await openAll(1);
    if (backend?.sharing !== sharing) throw new Error(`It says that it is ${String(backend?.sharing)}.`);
    return backend;
  }

  function keep<Store extends { close(): Promise<void> }>(store: Store): Store {
    closing.unshift(() => store.close());
    return store;
  }

  const conversations = async (options: { readonly ttlMs?: number; readonly maxBytes?: number; readonly maxTenantBytes?: number }) =>
    keep(createConversationStore({ backend: await openOne(), ttlMs: hourMs, logger, ...options }));
  const contracts = {
    conversations: conversationStoreContract({ create: conversations, createBounded: conversations }),
    responses: responseStoreContract({
      create: async (wanted, { ttlMs = hourMs }) =>
        (await openAll(wanted)).map((backend) => keep(createResponseStore({ backend, ttlMs, logger }))),
      sharing: count,
    }),
    answers: responseCacheContract({
      create: async (bounds) => createResponseCache({ storage: (await openOne()).storage, logger, ...bounds }),
    }),
    quotas: quotaStoreContract({ create: async (wanted) => (await openAll(wanted)).map(({ quotas }) => quotas), sharing: count }),
  };
  return Object.entries(contracts).flatMap(([what, checks]) =>
    checks.map(({ name, run }) => ({
      name: `${what}: ${name}`,
      async run() {
        try {
          await run();
        } finally {
          for (const close of closing.splice(0)) await close();
        }
      },
    })),
  );
}
