import { expect } from 'vitest';
import { askTurn } from '../ask-turn.ts';
import { callConversations } from '../call-conversations.ts';
import type { Steps, StepTools } from './steps.ts';

/** Turns that leave nothing behind. */
export function createUnkeptSteps({ pair, checks, random, picks, asking }: StepTools): Steps {
  /** Asks for a change that changes nothing: who holds the conversation is in its way. */
  async function becomesFree(id: string): Promise<void> {
    await expect
      .poll(async () => (await callConversations(pair.url(), 'DELETE', `/${id}/items/msg_none`)).status, { timeout: 3000, interval: 10 })
      .toBe(404);
  }

  return {
    'a turn that fails': {
      weight: 5,
      run: async () => {
        const half = random.chance(0.6);
        const prepared = asking.prepare(picks.turn(` [fail:${half ? 'half' : 'first'}]`));
        if (asking.mayBeHeld(prepared)) return;
        const { expected, request } = prepared;
        const reply = await askTurn(pair.url(), request);
        expect(reply).toMatchObject({ status: half && request.body['stream'] === true ? 200 : 500, errorCode: 'told_to_fail' });
        if (expected.goesInto !== undefined) await checks.conversation(pair.url(), expected.goesInto);
        else if (reply.id !== undefined) await checks.absent(pair.url(), reply.id);
      },
    },
    'a turn that is not to be kept': {
      weight: 2,
      run: async () => {
        const one = picks.one();
        const prepared = asking.prepare(
          picks.asked([{ role: 'user', texts: [picks.text()] }], one !== undefined && random.chance(0.5) ? { named: one } : {}),
        );
        const reply = await askTurn(pair.url(), { ...prepared.request, body: { ...prepared.request.body, store: false } });
        expect(reply).toMatchObject({ status: 200, id: prepared.expected.goesInto?.id });
        expect(asking.nameOf(reply.answer, prepared.expected)).toBeDefined();
        if (one !== undefined) await checks.conversation(pair.url(), one);
      },
    },
    'a stream that is left': {
      weight: 3,
      run: async () => {
        const gate = picks.gate();
        const prepared = asking.prepare(picks.turn(` [gate:${gate}]`), true);
        if (asking.mayBeHeld(prepared)) return;
        const leaving = new AbortController();
        const response = await fetch(`${pair.url()}/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...prepared.request.headers },
          body: JSON.stringify(prepared.request.body),
          signal: leaving.signal,
        });
        await response.body?.getReader().read();
        const id = response.headers.get('x-conversation-id')!;
        if (prepared.expected.goesInto !== undefined) expect(id).toBe(prepared.expected.goesInto.id);
        expect((await callConversations(pair.url(), 'DELETE', `/${id}/items/msg_none`)).status).toBe(409);
        leaving.abort();
        await becomesFree(id);
        await (prepared.expected.goesInto === undefined
          ? checks.absent(pair.url(), id)
          : checks.conversation(pair.url(), prepared.expected.goesInto));
      },
    },
  };
}
