import { expect } from 'vitest';
import { toMessages, type Model, type Remembered, type Saying } from './create-model.ts';
import type { Random } from '../../support/create-random.ts';
import { listConversations } from './list-conversations.ts';
import { readConversation } from './read-conversation.ts';

interface ToldItem {
  readonly id: string;
  readonly role: Saying['role'];
  readonly content: readonly { readonly text: string }[];
}

export interface Checks {
  /** Whether a server tells a conversation as the model has it, and its items. */
  conversation(url: string, remembered: Remembered): Promise<void>;
  absent(url: string, id: string): Promise<void>;
  /** Whether a server lists all that there is, and nothing else. */
  list(url: string): Promise<void>;
  /** What a server tells of a conversation's items. */
  items(url: string, id: string): Promise<readonly (Saying & { readonly id: string })[]>;
}

/** Compares what a server tells with the model. */
export function createChecks(model: Model, random: Random): Checks {
  async function items(url: string, id: string): Promise<readonly (Saying & { readonly id: string })[]> {
    const order = random.chance(0.5) ? 'asc' : 'desc';
    const limit = random.chance(0.8) ? 100 : 1 + random.below(20);
    const all: ToldItem[] = [];
    for (let after = ''; ;) {
      const response = await fetch(`${url}/v1/conversations/${id}/items?order=${order}&limit=${limit}${after}`);
      expect(response.status).toBe(200);
      const page = (await response.json()) as { data: ToldItem[]; has_more: boolean; last_id: string };
      all.push(...page.data);
      if (!page.has_more) break;
      expect(page.data).toHaveLength(limit);
      after = `&after=${page.last_id}`;
    }
    const told = all.map((item) => ({ id: item.id, role: item.role, texts: item.content.map(({ text }) => text) }));
    return order === 'asc' ? told : told.toReversed();
  }

  return {
    items,
    async conversation(url, remembered) {
      const { id, metadata, model: modelName, system } = remembered;
      const told = await readConversation(url, id);
      expect(told).toMatchObject({ id, model: modelName, message_count: remembered.items.length });
      expect(told?.metadata).toEqual(metadata);
      const messages = told?.messages.map(({ role, content }) => ({
        role,
        texts: typeof content === 'string' ? [content] : content.map(({ text }) => text),
      }));
      expect(messages).toEqual([...(system === '' ? [] : [{ role: 'system', texts: [system] }]), ...toMessages(remembered.items)]);
      const toldItems = await items(url, id);
      // Ids stay what they were once told.
      expect(toldItems).toEqual(remembered.items.map((item, index) => ({ ...item, id: item.id ?? toldItems[index]?.id })));
      remembered.items = [...toldItems];
    },
    async absent(url, id) {
      expect(await readConversation(url, id)).toBeUndefined();
    },
    async list(url) {
      const order = random.chance(0.5) ? 'asc' : 'desc';
      const listed = await listConversations(url, { order, limit: random.chance(0.5) ? 100 : 20 + random.below(80) });
      const expected = [...model.conversations.values()].toSorted(({ id: one }, { id: other }) => (one < other ? -1 : 1));
      expect(listed.map(({ id, metadata, model: name, message_count: itemCount }) => [id, metadata, name, itemCount])).toEqual(
        (order === 'asc' ? expected : expected.toReversed()).map((each) => [each.id, each.metadata, each.model, each.items.length]),
      );
    },
  };
}
