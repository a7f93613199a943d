import type { Heard } from './to-answer.ts';

export type Role = 'user' | 'assistant';

/** What one says, in one or several texts. */
export interface Saying {
  readonly role: Role;
  readonly texts: readonly string[];
}

/** What must be remembered of a conversation. */
export interface Remembered {
  id: string;
  system: string;
  /** With their ids, as soon as they have been told once. */
  items: (Saying & { id?: string })[];
  metadata: Readonly<Record<string, string>>;
  model: string | null;
  user: string | undefined;
  /** When a turn led to its present history; undefined when something else did. */
  reachedAt: number | undefined;
  /** Until when a killed server may have it (`performance.now()`). */
  heldUntil: number;
}

/** A turn as a caller asks for it. */
export interface AskedTurn {
  readonly named?: Remembered;
  readonly system: string;
  readonly said: readonly Saying[];
  readonly user: string | undefined;
  readonly model: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What is to become of it. */
export interface ExpectedTurn {
  readonly asked: AskedTurn;
  /** Undefined: a conversation begins with it. */
  readonly goesInto: Remembered | undefined;
  readonly heard: Heard;
  /** What is new to its conversation. */
  readonly added: readonly Saying[];
}

export interface Model {
  readonly conversations: Map<string, Remembered>;
  expectTurn(asked: AskedTurn): ExpectedTurn;
  /** Takes a turn for answered. */
  keep(expected: ExpectedTurn, id: string, answer: string): Remembered;
  /** The conversation that gets a history that is sent without an id; undefined where one would begin. */
  recognise(history: Pick<AskedTurn, 'system' | 'said' | 'user'>): Remembered | undefined;
}

/** A model of what a gateway must remember: plain lists, and the rules as the documentation says them. */
export function createModel(): Model {
  const conversations = new Map<string, Remembered>();
  let now = 0;

  function recognise({ system, said, user }: Pick<AskedTurn, 'system' | 'said' | 'user'>): Remembered | undefined {
    const given = toMessages(said);
    const upToAnswer = given.slice(0, given.findLastIndex(({ role }) => role === 'assistant') + 1);
    if (upToAnswer.length === 0 || upToAnswer.length === given.length) return undefined;
    const there = [...conversations.values()].filter(
      (each) =>
        each.reachedAt !== undefined && each.system === system && each.user === user && isSameHistory(toMessages(each.items), upToAnswer),
    );
    return there.toSorted((one, other) => (one.reachedAt ?? 0) - (other.reachedAt ?? 0)).at(-1);
  }

  function expectTurn(asked: AskedTurn): ExpectedTurn {
    const { named } = asked;
    const system = asked.system === '' ? (named?.system ?? '') : asked.system;
    const given = toMessages(asked.said);
    const added = named === undefined ? undefined : whatIsNew(toMessages(named.items), given);
    if (named !== undefined && added !== undefined) {
      return { asked, goesInto: named, heard: { system, messages: toMessages([...named.items, ...added]) }, added };
    }
    const goesInto = recognise({ ...asked, system });
    const answered = given.findLastIndex(({ role }) => role === 'assistant') + 1;
    return {
      asked,
      goesInto,
      heard: { system, messages: given },
      added: goesInto === undefined ? given : given.slice(answered),
    };
  }

  return {
    conversations,
    recognise,
    expectTurn,
    keep({ asked, goesInto, heard, added }, id, answer) {
      const kept = goesInto ?? { id, items: [], metadata: asked.metadata, heldUntil: 0 };
      const next = Object.assign(kept, {
        system: heard.system,
        model: asked.model,
        user: asked.user,
        reachedAt: (now += 1),
        items: [...kept.items, ...added, { role: 'assistant' as const, texts: [answer] }],
      });
      conversations.set(id, next);
      return next;
    },
  };
}

/** Neighbours of one role are one message. */
export function toMessages(said: readonly Saying[]): Saying[] {
  const messages: { role: Role; texts: string[] }[] = [];
  for (const { role, texts } of said) {
    const last = messages.at(-1);
    if (last?.role === role) last.texts.push(...texts);
    else messages.push({ role, texts: [...texts] });
  }
  return messages;
}

/** Callers bring the new alone, or behind the end of the conversation, or behind all of it. Undefined for another history that begins alike. */
function whatIsNew(earlier: readonly Saying[], given: readonly Saying[]): readonly Saying[] | undefined {
  if (earlier.length === 0 || given.every(({ role }) => role === 'user')) return given;
  const overlaps = Array.from({ length: Math.min(earlier.length, given.length) }, (_, index) => index + 1).filter((length) =>
    isSameHistory(earlier.slice(-length), given.slice(0, length)),
  );
  if (overlaps.length > 0) return given.slice(Math.max(...overlaps));
  return isSameHistory(earlier.slice(0, 1), given.slice(0, 1)) ? undefined : given;
}

/** An answer may come back as one text, however many it had. */
function isSameHistory(one: readonly Saying[], other: readonly Saying[]): boolean {
  const toKey = (said: readonly Saying[]): string =>
    JSON.stringify(said.map(({ role, texts }) => [role, role === 'assistant' ? texts.join('') : texts]));
  return toKey(one) === toKey(other);
}
