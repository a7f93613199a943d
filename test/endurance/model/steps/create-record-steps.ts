import { expect } from 'vitest';
import { askTurn } from '../ask-turn.ts';
import { callConversations } from '../call-conversations.ts';
import type { Remembered, Saying } from '../create-model.ts';
import type { Steps, StepTools } from './steps.ts';

const toItem = ({ role, texts }: Saying): object => ({
  role,
  content: texts.length === 1 ? texts[0] : texts.map((text) => ({ type: role === 'user' ? 'input_text' : 'output_text', text })),
});

/** Conversations that are made, changed, read and deleted without a turn. */
export function createRecordSteps({ model, pair, checks, random, picks, asking, deleted }: StepTools): Steps {
  return {
    'POST /v1/conversations': {
      weight: 6,
      run: async () => {
        const [items, system, metadata] = [random.chance(0.2) ? [] : picks.items(), picks.system(), picks.metadata()];
        const { status, body } = await callConversations(pair.url(), 'POST', '', {
          metadata,
          items: [...(system === '' ? [] : [{ role: 'system', content: system }]), ...items.map(toItem)],
        });
        expect(status).toBe(200);
        const id = body.id!;
        expect(model.conversations.has(id)).toBe(false);
        const made: Remembered = { id, system, items, metadata, model: null, user: undefined, reachedAt: undefined, heldUntil: 0 };
        model.conversations.set(id, made);
        await checks.conversation(pair.url(), made);
      },
    },
    'items that are appended': {
      weight: 6,
      run: picks.withOne(async (one) => {
        const [items, system] = [picks.items(), picks.system(0.9)];
        const { status, body } = await callConversations(pair.url(), 'POST', `/${one.id}/items`, {
          items: [...items.map(toItem), ...(system === '' ? [] : [{ role: 'system', content: system }])],
        });
        expect(status).toBe(200);
        one.items = [...one.items, ...items.map((item, index) => ({ ...item, id: body.data![index]!.id }))];
        if (system !== '') one.system = one.system === '' ? system : `${one.system}\n\n${system}`;
        one.reachedAt = undefined;
        await checks.conversation(pair.url(), one);
      }),
    },
    'an item that is removed': {
      weight: 4,
      run: picks.withOne(
        async (one) => {
          const { id: itemId } = random.pick(one.items);
          expect((await callConversations(pair.url(), 'DELETE', `/${one.id}/items/${itemId}`)).status).toBe(200);
          one.items = one.items.filter(({ id }) => id !== itemId);
          one.reachedAt = undefined;
          await checks.conversation(pair.url(), one);
          expect((await callConversations(pair.url(), 'DELETE', `/${one.id}/items/${itemId}`)).status).toBe(404);
        },
        ({ items }) => items.length > 0,
      ),
    },
    'other metadata': {
      weight: 4,
      run: picks.withOne(async (one) => {
        one.metadata = picks.newMetadata();
        expect((await callConversations(pair.url(), 'POST', `/${one.id}`, { metadata: one.metadata })).status).toBe(200);
        await checks.conversation(pair.url(), one);
      }),
    },
    'a conversation that is deleted': {
      weight: 4,
      run: picks.withOne(async (one) => {
        expect((await callConversations(pair.url(), 'DELETE', `/${one.id}`)).status).toBe(200);
        model.conversations.delete(one.id);
        deleted.push(one.id);
        await checks.absent(pair.url(), one.id);
      }),
    },
    'a read': { weight: 5, run: picks.withOne((one) => checks.conversation(pair.url(), one)) },
    'a list': { weight: 3, run: () => checks.list(pair.url()) },
    'what is not there': {
      weight: 4,
      run: async () => {
        const id =
          deleted.length > 0 && random.chance(0.7)
            ? random.pick(deleted)
            : random.pick(['conv_00000000000000000000000000000000', 'no such']);
        const before = await (await fetch(`${pair.urls()[0]}/control/heard`)).text();
        const { request } = asking.prepare(picks.asked(picks.asks()));
        const reply = await askTurn(pair.urls()[0]!, { ...request, headers: { 'x-conversation-id': id } });
        expect(reply).toMatchObject({ status: 404, errorCode: 'conversation_not_found', id: undefined });
        expect(await (await fetch(`${pair.urls()[0]}/control/heard`)).text()).toBe(before);
        const path = `/${encodeURIComponent(id)}`;
        for (const [method, rest, body] of [
          ['GET', ''],
          ['DELETE', ''],
          ['POST', '', { metadata: {} }],
          ['GET', '/items'],
          ['POST', '/items', { items: [{ role: 'user', content: 'x' }] }],
        ] as const)
          expect(await callConversations(pair.url(), method, `${path}${rest}`, body)).toMatchObject({
            status: 404,
            body: { error: { code: 'conversation_not_found' } },
          });
      },
    },
  };
}
