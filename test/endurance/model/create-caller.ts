import { isDeepStrictEqual } from 'node:util';
import { askTurn } from './ask-turn.ts';
import type { Random } from '../../support/create-random.ts';
import { readConversation } from './read-conversation.ts';
import { toAnswer } from './to-answer.ts';

/** What its turn was when the server was killed. */
export type Fate = 'none' | 'lost' | 'kept';

export interface CallerOptions {
  /** Begins all that it says. */
  readonly name: string;
  readonly random: Random;
  /** How long a conversation stays held when the server dies in the middle of its turn. */
  readonly heldMs: number;
}

/** Someone who has conversations, and knows what must be remembered of them. */
export interface Caller {
  /** Says one thing after another, each when the last was answered, until the server is gone. */
  talk(url: string, isGone: () => boolean): Promise<void>;
  /** Checks what it talked about last, and learns whether the turn that got no answer was kept. Throws where something is wrong. */
  check(url: string): Promise<Fate>;
  /** Says one thing more at once in the conversation of the turn that got no answer, as soon as it is free; then checks it. */
  goOn(url: string): Promise<Fate>;
  /** Checks all that was ever said. */
  checkAll(url: string): Promise<void>;
  /** How many items each of its conversations has; without those that may have begun with an unanswered turn. */
  itemCounts(): ReadonlyMap<string, number>;
  readonly answeredCount: () => number;
}

interface Said {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

interface Known {
  readonly id: string;
  readonly said: Said[];
  freeAt: number;
}

const largestText = 200_000;
const largestAnswer = 60_000;
/** So much is said in a conversation; then another begins. */
const enough = 400_000;

export function createCaller({ name, random, heldMs }: CallerOptions): Caller {
  const all: Known[] = [];
  const touched = new Set<Known>();
  let unanswered: { readonly known: Known; readonly turn: readonly [Said, Said] } | undefined;
  let turns = 0;
  let answered = 0;

  /** Most are small; some take a while to write. */
  function nextTurn(known: Known): readonly [Said, Said] {
    const size = Math.floor(largestText * random.fraction() ** 3);
    const answerSize = Math.floor(largestAnswer * random.fraction() ** 3);
    const content = `${name} says ${(turns += 1)} ${`${turns},`.repeat(size / 4)} [plain] [size:${answerSize}]`;
    const question: Said = { role: 'user', content };
    const messages = [...known.said, question].map((said) => ({ role: said.role, texts: [said.content] }));
    return [question, { role: 'assistant', content: toAnswer('plain', { system: '', messages }, answerSize) }];
  }

  async function nextConversation(url: string): Promise<Known> {
    const now = performance.now();
    const free = all.filter((known) => known.freeAt < now && known.said.reduce((sum, { content }) => sum + content.length, 0) < enough);
    if (free.length > 0) return random.pick(free);
    const response = await fetch(`${url}/v1/conversations`, { method: 'POST' });
    const { id } = (await response.json()) as { id: string };
    const known: Known = { id, said: [], freeAt: 0 };
    all.push(known);
    return known;
  }

  async function say(url: string, known: Known): Promise<void> {
    const turn = nextTurn(known);
    touched.add(known);
    unanswered = { known, turn };
    const stream = random.chance(0.5);
    const reply = await askTurn(url, { body: { conversation_id: known.id, messages: [turn[0]], stream } });
    if (reply.errorCode === 'conversation_busy') throw new Error(`${known.id} is busy, and nobody has it.`);
    if (reply.status !== 200 || reply.errorCode !== undefined || reply.answer !== turn[1].content)
      throw new Error(`${name} got ${reply.status} ${reply.errorCode} and another answer than expected: ${reply.answer.slice(0, 200)}`);
    known.said.push(...turn);
    unanswered = undefined;
    answered += 1;
  }

  async function checkOne(url: string, known: Known): Promise<Fate> {
    const told = await readConversation(url, known.id);
    const isUnanswered = unanswered?.known === known;
    const whole = isUnanswered ? [...known.said, ...(unanswered?.turn ?? [])] : known.said;
    if (isUnanswered && isSame(told?.messages, whole) && told?.message_count === whole.length) {
      known.said.splice(0, Infinity, ...whole);
      return 'kept';
    }
    if (!isSame(told?.messages, known.said) || told?.message_count !== known.said.length) {
      const length = told?.messages.length;
      throw new Error(
        `${known.id} has ${length} messages, not ${known.said.length}, or others: ${JSON.stringify(told?.messages).slice(0, 2000)}`,
      );
    }
    return isUnanswered ? 'lost' : 'none';
  }

  return {
    async talk(url, isGone) {
      while (!isGone()) {
        try {
          await say(url, await nextConversation(url));
        } catch (error) {
          // A connection that broke is what is to be; a reply that is wrong is not.
          if (!isGone() || (error instanceof Error && error.message.includes('another answer'))) throw error;
        }
      }
      if (unanswered !== undefined) unanswered.known.freeAt = performance.now() + heldMs;
    },
    async check(url) {
      let fate: Fate = 'none';
      for (const known of touched) {
        const each = await checkOne(url, known);
        if (each !== 'none') fate = each;
      }
      touched.clear();
      unanswered = undefined;
      return fate;
    },
    async goOn(url) {
      const open = unanswered;
      if (open === undefined) return 'none';
      const { known } = open;
      const deadline = performance.now() + heldMs + 1000;
      const message = { role: 'user', content: `${name} goes on [plain]` } as const;
      for (;;) {
        const reply = await askTurn(url, { body: { conversation_id: known.id, messages: [message] } });
        if (reply.errorCode === 'conversation_busy' && performance.now() < deadline) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          continue;
        }
        if (reply.status !== 200) throw new Error(`${name} can not go on with ${known.id}: ${reply.status} ${reply.errorCode}`);
        // What Claude has heard says whether the turn before was kept.
        const heardOf = (said: readonly Said[]): string =>
          toAnswer('plain', { system: '', messages: [...said, message].map(({ role, content }) => ({ role, texts: [content] })) });
        const whole = [...known.said, ...open.turn];
        const fate = reply.answer === heardOf(whole) ? 'kept' : 'lost';
        if (fate === 'kept') known.said.push(...open.turn);
        else if (reply.answer !== heardOf(known.said)) throw new Error(`In ${known.id} Claude has heard neither the one nor the other.`);
        known.said.push(message, { role: 'assistant', content: reply.answer });
        known.freeAt = 0;
        unanswered = undefined;
        await checkOne(url, known);
        return fate;
      }
    },
    async checkAll(url) {
      for (const known of all) await checkOne(url, known);
    },
    itemCounts: () => new Map(all.map(({ id, said }) => [id, said.length])),
    answeredCount: () => answered,
  };
}

function isSame(told: unknown, said: readonly Said[]): boolean {
  return isDeepStrictEqual(told, said);
}
