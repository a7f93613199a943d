import { toMessages, type AskedTurn, type Model, type Remembered, type Saying } from './create-model.ts';
import type { Random } from '../../support/create-random.ts';

/** What steps say, and to which conversation. */
export interface Picks {
  /** Whether no dead server may still have it. */
  isFree(conversation: Remembered): boolean;
  /** A free conversation, mostly one of the last; undefined where there is none. */
  one(also?: (each: Remembered) => boolean): Remembered | undefined;
  /** A step that does something with a free conversation, or nothing where there is none. */
  withOne(run: (conversation: Remembered) => Promise<unknown>, also?: (each: Remembered) => boolean): () => Promise<void>;
  text(): string;
  /** What a user says; the mark ends it. */
  asks(mark?: string): Saying[];
  /** What a conversation's items say. */
  history(of: Remembered): Saying[];
  items(): Saying[];
  /** A system prompt, or mostly none. */
  system(noneProbability?: number): string;
  user(): string | undefined;
  metadata(): Record<string, string>;
  /** Metadata that no conversation has. */
  newMetadata(): Record<string, string>;
  /** A gate's name that no other has. */
  gate(): string;
  asked(messages: readonly Saying[], more?: Partial<AskedTurn>): AskedTurn;
  /** A turn of any kind. */
  turn(mark?: string): AskedTurn;
}

const longest = 60;
const words = ['Hello', 'Go on.', 'Why?', 'Häßlich – 漢字 🎉', '{"a":1}', 'line\nline', ' spaces around '];
const systems = ['Be brief.', 'Be long.', 'Talk like a pirate.\n\nAlways.'];

/** Picks at random, from what the model has. */
export function createPicks(model: Model, random: Random): Picks {
  let said = 0;

  const isFree = (each: Remembered): boolean => each.heldUntil < performance.now();
  const candidates = (): Remembered[] => [...model.conversations.values()].filter((each) => isFree(each) && each.items.length < longest);

  function one(also: (each: Remembered) => boolean = () => true): Remembered | undefined {
    const all = candidates().filter(also);
    if (all.length === 0) return undefined;
    return random.pick(random.chance(0.7) ? all.slice(-20) : all);
  }

  function text(mark = ''): string {
    if (mark === '' && random.chance(0.25)) return `${random.pick(words)} [plain]`;
    return `${random.pick(words)} ${(said += 1)}${mark}`;
  }

  function asks(mark?: string): Saying[] {
    const last: Saying = { role: 'user', texts: [text(mark)] };
    if (random.chance(0.8)) return [last];
    return random.chance(0.5) ? [{ role: 'user', texts: [text(), ...last.texts] }] : [{ role: 'user', texts: [text()] }, last];
  }

  function asked(messages: readonly Saying[], more: Partial<AskedTurn> = {}): AskedTurn {
    return { system: '', said: messages, user: undefined, model: random.chance(0.9) ? 'sonnet' : 'claude-opus-4-8', metadata: {}, ...more };
  }

  const history = (of: Remembered): Saying[] => toMessages(of.items);
  const system = (noneProbability = 0.7): string => (random.chance(noneProbability) ? '' : random.pick(systems));
  const metadata = (): Record<string, string> => (random.chance(0.7) ? {} : { topic: random.pick(words), count: String(said) });

  return {
    isFree,
    one,
    withOne: (run, also) => async () => {
      const conversation = one(also);
      if (conversation !== undefined) await run(conversation);
    },
    text: () => text(),
    asks,
    history,
    items: () =>
      Array.from({ length: 1 + random.below(4) }, () => ({
        role: random.pick(['user', 'assistant'] as const),
        texts: Array.from({ length: random.chance(0.8) ? 1 : 2 }, () => text()),
      })),
    system,
    user: () => (random.chance(0.9) ? undefined : 'someone'),
    metadata,
    newMetadata: () => ({ changed: String((said += 1)) }),
    gate: () => `gate-${(said += 1)}`,
    asked,
    turn(mark) {
      const named = one();
      if (named === undefined || random.chance(0.3)) return asked(asks(mark), { system: system(), metadata: metadata() });
      if (random.chance(0.6)) return asked(asks(mark), { named });
      return asked([...history(named), ...asks(mark)], { system: named.system, user: named.user });
    },
  };
}
