import { GatewayError } from '../../gateway-error.ts';
import type { ConversationStore } from '../../ports/conversation-store.ts';
import { failureOf } from '../expectations.ts';
import { known, must, same } from './expectations.ts';
import { conversation, message } from './samples.ts';

/** Damages what is stored of the first items of a conversation. */
export type DamageItems = (tenant: string, id: string) => Promise<void>;

/** A conversation without its middle would be another: nobody is to go on with it unawares. */
export async function checkDamage(store: ConversationStore, tenant: string, damage: DamageItems): Promise<void> {
  const { id, version } = await store.create(tenant, conversation([message('0')]));
  const info = known(await store.append(tenant, id, { version, items: [message('1')] }));
  const others = [message('kept')];
  const other = await store.create(tenant, conversation(others));
  await damage(tenant, id);
  const error = await failureOf(store.read(tenant, id));
  must(GatewayError.isInstance(error) && error.code === 'conversation_damaged', 'a damaged conversation is not read in parts');
  same((await store.list(tenant, { limit: 10, order: 'asc' })).conversations, [info, other], 'it is listed still');
  same((await store.read(tenant, other.id))?.items, others, 'no other is touched');
  must(await store.delete(tenant, id), 'it can be deleted');
  must((await store.read(tenant, id)) === undefined, 'it is gone then');
}
