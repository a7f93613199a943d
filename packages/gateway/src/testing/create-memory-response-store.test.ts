import { describe, test } from 'vitest';
import { createMemoryResponseStore } from './create-memory-response-store.ts';
import { responseStoreContract } from './response-store-contract.ts';

describe('the store of responses for tests', () => {
  const contract = responseStoreContract({ create: async (_count, options) => [createMemoryResponseStore(options)], sharing: 1 });
  for (const check of contract) test(check.name, check.run);
});
