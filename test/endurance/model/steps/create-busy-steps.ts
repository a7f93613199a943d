import { expect } from 'vitest';
import { askTurn } from '../ask-turn.ts';
import { callConversations } from '../call-conversations.ts';
import { toMessages } from '../create-model.ts';
import type { Steps, StepTools } from './steps.ts';

/** What comes to a conversation in which a turn runs. */
export function createBusySteps({ model, pair, checks, random, picks, asking, deleted }: StepTools): Steps {
  return {
    'what comes while a turn runs': {
      weight: 6,
      run: picks.withOne(async (named) => {
        const gate = picks.gate();
        const prepared = asking.prepare(picks.asked(picks.asks(` [gate:${gate}]`), { named }));
        const { url, reply, open } = await asking.begin(prepared, gate);
        const busy = { status: 409, errorCode: 'conversation_busy' };
        expect(await askTurn(pair.url(), asking.prepare(picks.asked(picks.asks(), { named })).request)).toMatchObject(busy);
        const more = random.below(4);
        if (more === 0) {
          const appended = await callConversations(pair.url(), 'POST', `/${named.id}/items`, { items: [{ role: 'user', content: 'x' }] });
          expect(appended).toMatchObject({ status: 409, body: { error: { code: 'conversation_busy' } } });
        }
        if (more === 1) {
          named.metadata = picks.newMetadata();
          expect((await callConversations(pair.url(), 'POST', `/${named.id}`, { metadata: named.metadata })).status).toBe(200);
        }
        if (more === 2) {
          // Its history has another conversation begin.
          const copy = picks.asked([...picks.history(named), ...picks.asks()], { system: named.system, user: named.user });
          const other = asking.prepare(copy);
          if (!asking.mayBeHeld(other)) {
            const { goesInto, ...rest } = other.expected;
            const added = goesInto === named ? toMessages(other.expected.asked.said) : rest.added;
            const expected = { ...rest, added, goesInto: goesInto === named ? undefined : goesInto };
            const otherUrl = pair.url();
            await checks.conversation(
              pair.url(),
              await asking.checkAnswer(otherUrl, { ...other, expected }, await askTurn(otherUrl, other.request)),
            );
          }
        }
        if (more === 3) await checks.conversation(pair.url(), named);
        await open();
        await checks.conversation(pair.url(), await asking.checkAnswer(url, prepared, await reply));
      }),
    },
    'a conversation that is deleted while its turn runs': {
      weight: 1,
      run: picks.withOne(async (named) => {
        const gate = picks.gate();
        const prepared = asking.prepare(picks.asked(picks.asks(` [gate:${gate}]`), { named }));
        const { reply, open } = await asking.begin(prepared, gate);
        expect((await callConversations(pair.url(), 'DELETE', `/${named.id}`)).status).toBe(200);
        model.conversations.delete(named.id);
        deleted.push(named.id);
        await open();
        expect((await reply).errorCode).toBe('conversation_changed');
        await checks.absent(pair.url(), named.id);
      }),
    },
  };
}
