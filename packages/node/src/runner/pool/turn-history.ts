import type { ContentBlock, Turn } from '@claude-code-api/gateway';
import { lastUserContent, type SessionDigests } from '../session/session-history.ts';

/** A turn that has ended, as far as it tells whether its conversation will go on. */
export interface EndedTurn {
  /** The digest of the history before the turn's question; undefined when there was none. */
  readonly before?: string | undefined;
  /** The digest of the history with its answer. */
  readonly digest: string;
  readonly tenant: string;
  /** How what was asked begins, 200 characters at most. */
  readonly question: string;
  /** Whether the answer called the caller's tools: then it is to go on. */
  readonly isCalling?: boolean;
}

/** Remembers the last turns, and which of them were gone on from. */
export interface TurnHistory {
  add(turn: EndedTurn): void;
  /** Whether this turn went on with an earlier one, wherever that ran, or waits for results. */
  isGoingOn(turn: EndedTurn): boolean;
  /**
   * How many characters the beginning of its question has in common with that of another turn of the tenant's that nobody went on
   * from: the more, the likelier is it a client's own, made after a pattern. Few are chance, and count as none.
   */
  likeness(turn: EndedTurn): number;
}

const maxTurns = 200;
const fewCharacters = 8;

export function createTurnHistory(): TurnHistory {
  /** By their digests, oldest first. */
  const turns = new Map<string, EndedTurn>();
  /** Digests that a turn went on from. */
  const continued = new Set<string>();
  const later = new WeakSet<EndedTurn>();

  function bound(): void {
    for (const digest of turns.keys()) {
      if (turns.size <= maxTurns) return;
      turns.delete(digest);
      continued.delete(digest);
    }
  }

  return {
    add(turn) {
      if (turn.before !== undefined && turns.has(turn.before)) {
        continued.add(turn.before);
        later.add(turn);
      }
      turns.delete(turn.digest);
      turns.set(turn.digest, turn);
      bound();
    },
    isGoingOn: (turn) => turn.isCalling === true || later.has(turn),
    likeness(turn) {
      const others = [...turns.values()].filter(
        (other) => other !== turn && other.tenant === turn.tenant && !continued.has(other.digest) && !later.has(other),
      );
      const longest = Math.max(0, ...others.map((other) => sharedBeginning(turn.question, other.question)));
      return longest < fewCharacters ? 0 : longest;
    },
  };
}

function sharedBeginning(one: string, other: string): number {
  const end = Math.min(one.length, other.length);
  for (let index = 0; index < end; index += 1) if (one[index] !== other[index]) return index;
  return end;
}

const keptCharacters = 200;

/** What is remembered of a turn that ends with this answer; it ends the digests too. */
export function toEndedTurn(turn: Turn, digests: SessionDigests, answer: readonly ContentBlock[]): EndedTurn {
  const isCalling = answer.some((block) => block.type === 'tool_use');
  const text = lastUserContent(turn).find((block) => block.type === 'text')?.text ?? '';
  // A copy: a slice would keep the whole text in memory.
  const question = Buffer.from(text.slice(0, keptCharacters)).toString();
  return { before: digests.before, digest: digests.after(answer), tenant: turn.tenant, question, isCalling };
}
