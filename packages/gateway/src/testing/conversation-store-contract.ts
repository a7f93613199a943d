import type { ConversationStore } from '../ports/conversation-store.ts';
import { appendChecks } from './conversation-store/append-checks.ts';
import { changeChecks } from './conversation-store/change-checks.ts';
import { lookupChecks } from './conversation-store/lookup-checks.ts';
import { hourMs } from './conversation-store/store-check.ts';
import type { ContractCheck } from './runner-contract.ts';

export interface ConversationStoreContractOptions {
  /** Makes a store whose conversations are gone so long after their last change. Each check makes its own; they may share what lies behind. */
  readonly create: (options: { readonly ttlMs: number }) => ConversationStore | Promise<ConversationStore>;
  /** Ends a store after its check. */
  readonly destroy?: (store: ConversationStore) => void | Promise<void>;
}

/**
 * What every `ConversationStore` must do, as checks that throw, for any test framework:
 * `for (const check of conversationStoreContract(options)) test(check.name, check.run)`.
 */
export function conversationStoreContract(options: ConversationStoreContractOptions): ContractCheck[] {
  return [...appendChecks, ...changeChecks, ...lookupChecks].map(({ name, run, ttlMs = hourMs }) => ({
    name,
    run: async () => {
      const store = await options.create({ ttlMs });
      try {
        // Stores may share a database: a tenant of its own keeps each check by itself.
        await run(store, `tenant ${crypto.randomUUID()}`);
      } finally {
        await options.destroy?.(store);
      }
    },
  }));
}
