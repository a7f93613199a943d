import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { askTurn, type TurnReply, type TurnRequest } from './ask-turn.ts';
import type { Checks } from './create-checks.ts';
import { toMessages, type AskedTurn, type ExpectedTurn, type Model, type Remembered, type Saying } from './create-model.ts';
import type { Pair } from './create-pair.ts';
import type { Random } from './create-random.ts';
import { readConversation } from './read-conversation.ts';
import { toAnswer } from './to-answer.ts';

export interface StepsOptions {
  readonly model: Model;
  readonly pair: Pair;
  readonly checks: Checks;
  readonly random: Random;
}

/** A step asks something of a server, and checks all that is to come of it. */
export type Steps = Readonly<Record<string, { readonly weight: number; readonly run: () => Promise<void> }>>;

/** How long Redis keeps a dead server's hold, and a bit more. */
const heldMs = 3300;
const longest = 60;

const words = ['Hello', 'Go on.', 'Why?', 'Häßlich – 漢字 🎉', '{"a":1}', 'line\nline', ' spaces around '];
const systems = ['Be brief.', 'Be long.', 'Talk like a pirate.\n\nAlways.'];

export function createSteps({ model, pair, checks, random }: StepsOptions): Steps {
  let said = 0;
  const deleted: string[] = [];

  // --- What is picked ---------------------------------------------------------------------------------------------

  const isFree = (each: Remembered): boolean => each.heldUntil < performance.now();
  const candidates = (): Remembered[] => [...model.conversations.values()].filter((each) => isFree(each) && each.items.length < longest);

  /** Mostly one of the last. */
  function pickOne(also: (each: Remembered) => boolean = () => true): Remembered | undefined {
    const all = candidates().filter(also);
    if (all.length === 0) return undefined;
    return random.pick(random.chance(0.7) ? all.slice(-20) : all);
  }

  const newText = (mark = ''): string => {
    if (mark === '' && random.chance(0.25)) return `${random.pick(words)} [plain]`;
    return `${random.pick(words)} ${(said += 1)}${mark}`;
  };
  const asks = (mark?: string): Saying[] => {
    const last: Saying = { role: 'user', texts: [newText(mark)] };
    if (random.chance(0.8)) return [last];
    return random.chance(0.5) ? [{ role: 'user', texts: [newText(), ...last.texts] }] : [{ role: 'user', texts: [newText()] }, last];
  };
  const history = (of: Remembered): Saying[] => toMessages(of.items);

  function asked(messages: readonly Saying[], more: Partial<AskedTurn> = {}): AskedTurn {
    return { system: '', said: messages, user: undefined, model: random.chance(0.9) ? 'sonnet' : 'claude-opus-4-8', metadata: {}, ...more };
  }
  const anySystem = (): string => (random.chance(0.7) ? '' : random.pick(systems));
  const anyUser = (): string | undefined => (random.chance(0.9) ? undefined : 'someone');
  const anyMetadata = (): Record<string, string> => (random.chance(0.7) ? {} : { topic: random.pick(words), count: String(said) });

  // --- How it is asked --------------------------------------------------------------------------------------------

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

  interface Prepared {
    readonly request: TurnRequest;
    readonly expected: ExpectedTurn;
  }

  function prepare(turn: AskedTurn, stream = random.chance(0.4)): Prepared {
    const request = toRequest(turn, stream);
    return { request, expected: model.expectTurn(asSent(turn, request)) };
  }

  /** Whether it would go into a conversation that a dead server may still have. */
  const mayBeHeld = ({ expected }: Prepared): boolean => expected.goesInto !== undefined && !isFree(expected.goesInto);

  function nameOf(answer: string, { heard }: ExpectedTurn): string | undefined {
    const [name = ''] = answer.split(' ');
    return answer === toAnswer(name, heard) ? name : undefined;
  }

  async function checkAnswer(url: string, { expected }: Prepared, reply: TurnReply): Promise<Remembered> {
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

  /** Asks, and checks what comes of it. */
  async function ask(turn: AskedTurn): Promise<Remembered | undefined> {
    const prepared = prepare(turn);
    if (mayBeHeld(prepared)) return undefined;
    const url = pair.url();
    const kept = await checkAnswer(url, prepared, await askTurn(url, prepared.request));
    await checks.conversation(pair.url(), kept);
    if (turn.named !== undefined && turn.named !== kept) await checks.conversation(pair.url(), turn.named);
    return kept;
  }

  async function send(
    url: string,
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: { error?: { code: string }; id?: string; data?: { id: string }[] } }> {
    const response = await fetch(`${url}/v1/conversations${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as { error?: { code: string } } };
  }

  /** Asks for a change that changes nothing: who holds the conversation is in its way. */
  async function becomesFree(id: string): Promise<void> {
    await expect
      .poll(async () => (await send(pair.url(), 'DELETE', `/${id}/items/msg_none`)).status, { timeout: 3000, interval: 10 })
      .toBe(404);
  }

  const toItem = ({ role, texts }: Saying): object => ({
    role,
    content: texts.length === 1 ? texts[0] : texts.map((text) => ({ type: role === 'user' ? 'input_text' : 'output_text', text })),
  });
  const anyItems = (): Saying[] =>
    Array.from({ length: 1 + random.below(4) }, () => ({
      role: random.pick(['user', 'assistant'] as const),
      texts: Array.from({ length: random.chance(0.8) ? 1 : 2 }, () => newText()),
    }));

  const withOne =
    (run: (conversation: Remembered) => Promise<unknown>, also?: (each: Remembered) => boolean) => async (): Promise<void> => {
      const conversation = pickOne(also);
      if (conversation !== undefined) await run(conversation);
    };
  const byTurns = (each: Remembered): boolean => each.reachedAt !== undefined;

  /** Begins a turn that waits at a gate. */
  async function begin(prepared: Prepared, gate: string, signal?: AbortSignal) {
    const url = pair.url();
    const reply = askTurn(url, { ...prepared.request, ...(signal !== undefined && { signal }) });
    reply.catch(() => {});
    await Promise.race([fetch(`${url}/control/waiting/${gate}`).then((response) => response.text()), reply]);
    return { url, reply, open: async () => void (await (await fetch(`${url}/control/open/${gate}`)).text()) };
  }
  const newGate = (): string => `gate-${(said += 1)}`;

  // --- What a kill leaves -----------------------------------------------------------------------------------------

  /** After a kill: the turn is part of its conversation, whole, or was never there. */
  async function settle(prepared: Prepared, reply: TurnReply | undefined, isPossible: boolean): Promise<void> {
    const { expected } = prepared;
    const url = pair.url();
    const heldUntil = performance.now() + heldMs;
    if (reply !== undefined) {
      const kept = await checkAnswer(url, prepared, reply);
      kept.heldUntil = heldUntil;
      return checks.conversation(url, kept);
    }
    let id = expected.goesInto?.id;
    if (id === undefined) {
      const found = await fetch(`${url}/v1/conversations?limit=100`).then(
        (response) => response.json() as Promise<{ data: { id: string }[] }>,
      );
      const unknown = found.data.filter((each) => !model.conversations.has(each.id));
      expect(unknown.length).toBeLessThanOrEqual(1);
      id = unknown[0]?.id;
      if (id === undefined) return;
    }
    const told = await checks.items(url, id);
    const before = expected.goesInto?.items.length ?? 0;
    if (expected.goesInto !== undefined) expected.goesInto.heldUntil = heldUntil;
    if (expected.goesInto !== undefined && told.length === before) return checks.conversation(url, expected.goesInto);
    expect(isPossible, 'a turn is kept that had not ended').toBe(true);
    const answer = told.at(-1)?.texts[0] ?? '';
    expect(nameOf(answer, expected), `the answer of a turn that was cut: ${answer}`).toBeDefined();
    const kept = model.keep(expected, id, answer);
    kept.heldUntil = heldUntil;
    return checks.conversation(url, kept);
  }

  async function killInTurn(turn: AskedTurn, gate?: string): Promise<void> {
    const prepared = prepare(turn);
    if (mayBeHeld(prepared)) return;
    let url: string;
    let replying: Promise<TurnReply>;
    if (gate === undefined) {
      url = pair.url();
      replying = askTurn(url, prepared.request);
      replying.catch(() => {});
      await wait(random.below(9));
    } else ({ url, reply: replying } = await begin(prepared, gate));
    await pair.kill(url);
    if (turn.named !== undefined) turn.named.heldUntil = performance.now() + heldMs;
    await settle(prepared, await replying.catch(() => undefined), gate === undefined);
  }

  function anyTurn(mark?: string): AskedTurn {
    const one = pickOne();
    if (one === undefined || random.chance(0.3)) return asked(asks(mark), { system: anySystem(), metadata: anyMetadata() });
    if (random.chance(0.6)) return asked(asks(mark), { named: one });
    return asked([...history(one), ...asks(mark)], { system: one.system, user: one.user });
  }

  // --- The steps --------------------------------------------------------------------------------------------------

  return {
    'a new conversation': {
      weight: 12,
      run: async () => void (await ask(asked(asks(), { system: anySystem(), user: anyUser(), metadata: anyMetadata() }))),
    },
    'a turn by id': {
      weight: 20,
      run: withOne((named) => ask(asked(asks(), { named, system: anySystem(), user: anyUser(), metadata: anyMetadata() }))),
    },
    'a turn by id with the whole history': {
      weight: 8,
      run: withOne((named) => ask(asked([...history(named), ...asks()], { named, system: random.chance(0.5) ? named.system : '' }))),
    },
    'a turn by id with the end of the history': {
      weight: 5,
      run: withOne((named) => ask(asked([...history(named).slice(-1 - random.below(3)), ...asks()], { named }))),
    },
    'a turn by a history alone': {
      weight: 18,
      run: withOne((one) => ask(asked([...history(one), ...asks()], { system: one.system, user: one.user })), byTurns),
    },
    'a turn by a history alone, with another system prompt or user': {
      weight: 3,
      run: withOne((one) => ask(asked([...history(one), ...asks()], { system: anySystem(), user: anyUser() }))),
    },
    'a turn by an edited history': {
      weight: 7,
      run: withOne((one) => {
        const messages = history(one);
        const edited = random.below(messages.length || 1);
        const said2 = messages.map((message, index) =>
          index === edited ? { ...message, texts: [...message.texts.slice(0, -1), newText()] } : message,
        );
        return ask(asked([...said2, ...asks()], { system: one.system, user: one.user, ...(random.chance(0.5) && { named: one }) }));
      }),
    },
    'a question asked again': {
      weight: 9,
      run: withOne((one) => {
        const messages = history(one);
        // Whoever waited at a gate would wait again.
        const questions = messages.flatMap(({ role, texts }, index) =>
          role === 'user' && !texts.join('').includes('[gate:') ? [index] : [],
        );
        if (questions.length === 0) return Promise.resolve();
        const again = messages.slice(0, random.pick(questions) + 1);
        return ask(asked(again, { system: one.system, user: one.user, ...(random.chance(0.4) && { named: one }) }));
      }),
    },
    'an answer to be continued': {
      weight: 1,
      run: withOne(
        (one) => ask(asked(history(one), { system: one.system, ...(random.chance(0.5) && { named: one }) })),
        (one) => one.items.at(-1)?.role === 'assistant',
      ),
    },
    'POST /v1/conversations': {
      weight: 6,
      run: async () => {
        const [items, system, metadata] = [random.chance(0.2) ? [] : anyItems(), anySystem(), anyMetadata()];
        const { status, body } = await send(pair.url(), 'POST', '', {
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
      run: withOne(async (one) => {
        const [items, system] = [anyItems(), random.chance(0.9) ? '' : random.pick(systems)];
        const { status, body } = await send(pair.url(), 'POST', `/${one.id}/items`, {
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
      run: withOne(
        async (one) => {
          const { id: itemId } = random.pick(one.items);
          expect((await send(pair.url(), 'DELETE', `/${one.id}/items/${itemId}`)).status).toBe(200);
          one.items = one.items.filter(({ id }) => id !== itemId);
          one.reachedAt = undefined;
          await checks.conversation(pair.url(), one);
          expect((await send(pair.url(), 'DELETE', `/${one.id}/items/${itemId}`)).status).toBe(404);
        },
        ({ items }) => items.length > 0,
      ),
    },
    'other metadata': {
      weight: 4,
      run: withOne(async (one) => {
        one.metadata = { changed: String((said += 1)) };
        expect((await send(pair.url(), 'POST', `/${one.id}`, { metadata: one.metadata })).status).toBe(200);
        await checks.conversation(pair.url(), one);
      }),
    },
    'a conversation that is deleted': {
      weight: 4,
      run: withOne(async (one) => {
        expect((await send(pair.url(), 'DELETE', `/${one.id}`)).status).toBe(200);
        model.conversations.delete(one.id);
        deleted.push(one.id);
        await checks.absent(pair.url(), one.id);
      }),
    },
    'a read': { weight: 5, run: withOne((one) => checks.conversation(pair.url(), one)) },
    'a list': { weight: 3, run: () => checks.list(pair.url()) },
    'what is not there': {
      weight: 4,
      run: async () => {
        const id =
          deleted.length > 0 && random.chance(0.7)
            ? random.pick(deleted)
            : random.pick(['conv_00000000000000000000000000000000', 'no such']);
        const before = await (await fetch(`${pair.urls()[0]}/control/heard`)).text();
        const { request } = prepare(asked(asks()));
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
          expect(await send(pair.url(), method, `${path}${rest}`, body)).toMatchObject({
            status: 404,
            body: { error: { code: 'conversation_not_found' } },
          });
      },
    },
    'a turn that fails': {
      weight: 5,
      run: async () => {
        const half = random.chance(0.6);
        const prepared = prepare(anyTurn(` [fail:${half ? 'half' : 'first'}]`));
        if (mayBeHeld(prepared)) return;
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
        const one = pickOne();
        const prepared = prepare(
          asked([{ role: 'user', texts: [newText()] }], one !== undefined && random.chance(0.5) ? { named: one } : {}),
        );
        const reply = await askTurn(pair.url(), { ...prepared.request, body: { ...prepared.request.body, store: false } });
        expect(reply).toMatchObject({ status: 200, id: prepared.expected.goesInto?.id });
        expect(nameOf(reply.answer, prepared.expected)).toBeDefined();
        if (one !== undefined) await checks.conversation(pair.url(), one);
      },
    },
    'a stream that is left': {
      weight: 3,
      run: async () => {
        const gate = newGate();
        const prepared = prepare(anyTurn(` [gate:${gate}]`), true);
        if (mayBeHeld(prepared)) return;
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
        expect((await send(pair.url(), 'DELETE', `/${id}/items/msg_none`)).status).toBe(409);
        leaving.abort();
        await becomesFree(id);
        await (prepared.expected.goesInto === undefined
          ? checks.absent(pair.url(), id)
          : checks.conversation(pair.url(), prepared.expected.goesInto));
      },
    },
    'what comes while a turn runs': {
      weight: 6,
      run: withOne(async (named) => {
        const gate = newGate();
        const prepared = prepare(asked(asks(` [gate:${gate}]`), { named }));
        const { url, reply, open } = await begin(prepared, gate);
        const busy = { status: 409, errorCode: 'conversation_busy' };
        expect(await askTurn(pair.url(), prepare(asked(asks(), { named })).request)).toMatchObject(busy);
        const more = random.below(4);
        if (more === 0) {
          const appended = await send(pair.url(), 'POST', `/${named.id}/items`, { items: [{ role: 'user', content: 'x' }] });
          expect(appended).toMatchObject({ status: 409, body: { error: { code: 'conversation_busy' } } });
        }
        if (more === 1) {
          named.metadata = { changed: String((said += 1)) };
          expect((await send(pair.url(), 'POST', `/${named.id}`, { metadata: named.metadata })).status).toBe(200);
        }
        if (more === 2) {
          // Its history has another conversation begin.
          const copy = asked([...history(named), ...asks()], { system: named.system, user: named.user });
          const other = prepare(copy);
          if (!mayBeHeld(other)) {
            const { goesInto, ...rest } = other.expected;
            const added = goesInto === named ? toMessages(other.expected.asked.said) : rest.added;
            const expected = { ...rest, added, goesInto: goesInto === named ? undefined : goesInto };
            const otherUrl = pair.url();
            await checks.conversation(
              pair.url(),
              await checkAnswer(otherUrl, { ...other, expected }, await askTurn(otherUrl, other.request)),
            );
          }
        }
        if (more === 3) await checks.conversation(pair.url(), named);
        await open();
        await checks.conversation(pair.url(), await checkAnswer(url, prepared, await reply));
      }),
    },
    'a conversation that is deleted while its turn runs': {
      weight: 1,
      run: withOne(async (named) => {
        const gate = newGate();
        const prepared = prepare(asked(asks(` [gate:${gate}]`), { named }));
        const { reply, open } = await begin(prepared, gate);
        expect((await send(pair.url(), 'DELETE', `/${named.id}`)).status).toBe(200);
        model.conversations.delete(named.id);
        deleted.push(named.id);
        await open();
        expect((await reply).errorCode).toBe('conversation_changed');
        await checks.absent(pair.url(), named.id);
      }),
    },
    'a restart': { weight: 0.7, run: () => pair.restart() },
    'a kill': { weight: 0.7, run: () => pair.kill(pair.url()) },
    'a kill in the middle of a turn': { weight: 1.5, run: () => killInTurn(anyTurn()) },
    'a kill while a turn runs': {
      weight: 0.7,
      run: () => {
        const gate = newGate();
        return killInTurn(anyTurn(` [gate:${gate}]`), gate);
      },
    },
    'a conversation that is not there': {
      weight: 1,
      run: async () => expect(await readConversation(pair.url(), 'conv_0')).toBeUndefined(),
    },
  };
}
