import { expect } from 'vitest';
import { askTurn, type TurnReply, type TurnRequest } from './ask-turn.ts';
import type { Checks } from './create-checks.ts';
import type { AskedTurn, ExpectedTurn, Model, Remembered, Saying } from './create-model.ts';
import type { Pair } from './create-pair.ts';
import type { Picks } from './create-picks.ts';
import type { Random } from '../../support/create-random.ts';
import { toAnswer } from './to-answer.ts';

export interface AskingOptions {
  readonly model: Model;
  readonly pair: Pair;
  readonly checks: Checks;
  readonly random: Random;
  readonly picks: Picks;
  /** The ids of the conversations that were deleted. */
  readonly deleted: readonly string[];
}

export interface PreparedTurn {
  readonly request: TurnRequest;
  readonly expected: ExpectedTurn;
}

/** A turn that waits at a gate. */
export interface BegunTurn {
  readonly url: string;
  readonly reply: Promise<TurnReply>;
  readonly open: () => Promise<void>;
}

/** How a turn is asked, and what comes of it. */
export interface Asking {
  prepare(turn: AskedTurn, stream?: boolean): PreparedTurn;
  /** Whether it would go into a conversation that a dead server may still have. */
  mayBeHeld(prepared: PreparedTurn): boolean;
  /** The name that an answer begins with; undefined when Claude has heard something else than expected. */
  nameOf(answer: string, expected: ExpectedTurn): string | undefined;
  /** Checks a reply, and has the model keep its turn. */
  checkAnswer(url: string, prepared: PreparedTurn, reply: TurnReply): Promise<Remembered>;
  /** Asks, and checks what comes of it. */
  ask(turn: AskedTurn): Promise<void>;
  /** Begins a turn that waits at a gate. */
  begin(prepared: PreparedTurn, gate: string): Promise<BegunTurn>;
}

export function createAsking({ model, pair, checks, random, picks, deleted }: AskingOptions): Asking {
  function toRequest(turn: AskedTurn, stream: boolean): TurnRequest {
    const texts = ({ role, texts: each }: Saying): object[] => {
      if (role === 'assistant')
        return [{ role, content: random.chance(0.8) ? each.join('') : each.map((text) => ({ type: 'text', text })) }];
      if (each.length > 1 && random.chance(0.5)) return each.map((text) => ({ role, content: text }));
      return [{ role, content: each.length === 1 && random.chance(0.9) ? each[0] : each.map((text) => ({ type: 'text', text })) }];
    };
    const messages = [
      ...(turn.system === '' ? [] : [{ role: random.pick(['system', 'developer']), content: turn.system }]),
      ...turn.said.flatMap(texts),
    ];
    const id = turn.named?.id;
    const place = random.below(3);
    return {
      body: {
        messages,
        model: turn.model,
        ...(stream && { stream }),
        ...(turn.user !== undefined && { user: turn.user }),
        ...((Object.keys(turn.metadata).length > 0 || (id !== undefined && place === 1)) && {
          metadata: { ...turn.metadata, ...(id !== undefined && place === 1 && { conversation_id: id }) },
        }),
        ...(id !== undefined && place === 0 && { conversation_id: id }),
      },
      ...(id !== undefined && place === 2 && { headers: { 'x-conversation-id': id } }),
    };
  }

  function prepare(turn: AskedTurn, stream = random.chance(0.4)): PreparedTurn {
    const request = toRequest(turn, stream);
    return { request, expected: model.expectTurn(asSent(turn, request)) };
  }

  const mayBeHeld = ({ expected }: PreparedTurn): boolean => expected.goesInto !== undefined && !picks.isFree(expected.goesInto);

  function nameOf(answer: string, { heard }: ExpectedTurn): string | undefined {
    const [name = ''] = answer.split(' ');
    return answer === toAnswer(name, heard) ? name : undefined;
  }

  async function checkAnswer(url: string, { expected }: PreparedTurn, reply: TurnReply): Promise<Remembered> {
    expect(reply).toMatchObject({ status: 200, errorCode: undefined, id: expect.stringMatching(/^conv_[\da-f]{32}$/) });
    if (nameOf(reply.answer, expected) === undefined) {
      const heard: unknown = JSON.parse(await (await fetch(`${url}/control/heard`)).text());
      expect(heard, 'what Claude has heard').toEqual(expected.heard);
      throw new Error(`Claude has heard something else, and said: ${reply.answer}`);
    }
    const id = reply.id!;
    if (expected.goesInto === undefined) {
      expect(model.conversations.has(id), `${id} is not new`).toBe(false);
      expect(deleted).not.toContain(id);
    } else expect(id).toBe(expected.goesInto.id);
    return model.keep(expected, id, reply.answer);
  }

  return {
    prepare,
    mayBeHeld,
    nameOf,
    checkAnswer,
    async ask(turn) {
      const prepared = prepare(turn);
      if (mayBeHeld(prepared)) return;
      const url = pair.url();
      const kept = await checkAnswer(url, prepared, await askTurn(url, prepared.request));
      await checks.conversation(pair.url(), kept);
      if (turn.named !== undefined && turn.named !== kept) await checks.conversation(pair.url(), turn.named);
    },
    async begin({ request }, gate) {
      const url = pair.url();
      const reply = askTurn(url, request);
      reply.catch(() => {});
      await Promise.race([fetch(`${url}/control/waiting/${gate}`).then((response) => response.text()), reply]);
      return { url, reply, open: async () => void (await (await fetch(`${url}/control/open/${gate}`)).text()) };
    },
  };
}

/** Assistants' texts that a caller sends as one are heard as one. */
function asSent(turn: AskedTurn, request: TurnRequest): AskedTurn {
  const sent = (
    request.body['messages'] as { role: Saying['role'] | 'system' | 'developer'; content: string | { text: string }[] }[]
  ).flatMap(({ role, content }): Saying[] =>
    role === 'user' || role === 'assistant'
      ? [{ role, texts: typeof content === 'string' ? [content] : content.map(({ text }) => text) }]
      : [],
  );
  return { ...turn, said: sent };
}
