import { expect, test, vi } from 'vitest';
import { newConversationId } from '../conversations/ids.ts';
import { conversationStoreContract } from './conversation-store-contract.ts';
import { createMemoryConversationStore } from './create-memory-conversation-store.ts';

for (const check of conversationStoreContract({ create: createMemoryConversationStore })) test(check.name, check.run);

test('is held by one at a time, and given back once', async () => {
  const store = createMemoryConversationStore();
  const release = await store.hold('t', 'x');
  expect(await store.hold('t', 'x')).toBeUndefined();
  expect(await store.hold('other', 'x')).toBeDefined();
  await release!();
  expect(await store.hold('t', 'x')).toBeDefined();
  await release!();
  expect(await store.hold('t', 'x')).toBeUndefined();
});

test('what it gave, and was given, may be changed without changing what it keeps', async () => {
  const store = createMemoryConversationStore();
  const metadata = { a: '1' };
  const { id } = await store.create('t', { id: newConversationId(), metadata, system: '', items: [] });
  metadata.a = '2';
  Object.assign((await store.read('t', id))!.metadata, { a: '3' });
  expect((await store.read('t', id))?.metadata).toEqual({ a: '1' });
});

test('what is created is of one moment, though the clock goes on', async () => {
  let now = 0;
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => (now += 1));
  try {
    const { createdAt, updatedAt } = await createMemoryConversationStore().create('t', {
      id: newConversationId(),
      metadata: {},
      system: '',
      items: [],
    });
    expect(updatedAt).toBe(createdAt);
  } finally {
    clock.mockRestore();
  }
});
