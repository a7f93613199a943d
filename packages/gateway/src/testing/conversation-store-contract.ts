import type { ConversationStore } from '../ports/conversation-store.ts';
import { appendChecks } from './conversation-store/append-checks.ts';
import { changeChecks } from './conversation-store/change-checks.ts';
import { checkDamage, type DamageItems } from './conversation-store/check-damage.ts';
import { lookupChecks } from './conversation-store/lookup-checks.ts';
import { shareBounds, shareChecks, type StoreBounds } from './conversation-store/share-checks.ts';
import { hourMs } from './conversation-store/store-check.ts';
import type { ContractCheck } from './runner-contract.ts';

/** How the contract makes the stores that it checks. */
export interface ConversationStoreContractOptions {
  /** Makes a store whose conversations are gone so long after their last change. Each check makes its own; they may share what lies behind. */
  readonly create: (options: { readonly ttlMs: number }) => ConversationStore | Promise<ConversationStore>;
  /** Ends a store after its check. */
  readonly destroy?: (store: ConversationStore) => void | Promise<void>;
  /** Makes an empty store that holds no more than that, as JSON in UTF-8. Absent: the store has no bound. */
  readonly createBounded?: (bounds: StoreBounds) => ConversationStore | Promise<ConversationStore>;
  /** Damages what lies behind the last store that was made. Absent: nobody can. */
  readonly damage?: DamageItems;
}

/**
 * What every `ConversationStore` must do, as checks that throw, for any test framework:
 * `for (const check of conversationStoreContract(options)) test(check.name, check.run)`.
 */
export function conversationStoreContract(options: ConversationStoreContractOptions): ContractCheck[] {
  const { create, createBounded, damage, destroy } = options;

  async function withStore(made: ConversationStore | Promise<ConversationStore>, run: (store: ConversationStore) => Promise<void>) {
    const store = await made;
    try {
      await run(store);
    } finally {
      await destroy?.(store);
    }
  }

  // Stores may share a database: a tenant of its own keeps each check by itself.
  const newTenant = (): string => `tenant ${crypto.randomUUID()}`;
  const checks = [...appendChecks, ...changeChecks, ...lookupChecks].map(({ name, run, ttlMs = hourMs }) => ({
    name,
    run: () => withStore(create({ ttlMs }), (store) => run(store, newTenant())),
  }));
  const shares = createBounded && shareChecks.map(({ name, run }) => ({ name, run: () => withStore(createBounded(shareBounds), run) }));
  const damaged = damage && {
    name: 'a conversation of which a part is damaged is an error, and no other is',
    run: () => withStore(create({ ttlMs: hourMs }), (store) => checkDamage(store, newTenant(), damage)),
  };
  return [...checks, ...(shares ?? []), ...(damaged === undefined ? [] : [damaged])];
}
