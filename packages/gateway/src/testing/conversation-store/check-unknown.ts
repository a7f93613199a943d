import type { ConversationInfo, ConversationStore, NewConversation } from '../../ports/conversation-store.ts';
import { must, same } from './expectations.ts';
import { message } from './samples.ts';

/** Every operation must say that there is no such conversation. `others` are the tenant's that are there. */
export async function checkUnknown(
  store: ConversationStore,
  tenant: string,
  { id, digest, items }: NewConversation,
  version: number,
  others?: readonly ConversationInfo[],
): Promise<void> {
  must((await store.read(tenant, id)) === undefined, 'an unknown conversation is not read');
  must((await store.append(tenant, id, { version, items: [message('lost')] })) === undefined, 'an unknown conversation takes no items');
  must((await store.updateMetadata(tenant, id, { lost: '' })) === undefined, 'an unknown conversation takes no metadata');
  must((await store.removeItem(tenant, id, items[0]?.id ?? '')) === undefined, 'an unknown conversation has no item to take out');
  must(!(await store.delete(tenant, id)), 'an unknown conversation can not be deleted');
  must(digest === undefined || (await store.find(tenant, digest)) === undefined, 'an unknown conversation is not found');
  const listed = (await store.list(tenant, { limit: 100, order: 'asc' })).conversations;
  must(!listed.some((info) => info.id === id), 'an unknown conversation is not listed');
  if (others !== undefined) same(listed, others, 'the others are listed as before');
}
