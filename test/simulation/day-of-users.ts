import { createRandom } from '../support/create-random.ts';

/** How people use it. */
export interface Habits {
  readonly users: number;
  /** Conversations that each begins in a day. */
  readonly conversations: number;
  /** Turns of a conversation, on average. */
  readonly turns: number;
  /** From an answer to the next question: as long or longer one time in two; one time in twenty seven times as long. */
  readonly thinkSeconds: number;
  /** How long an answer takes: one time in two; one time in twenty nearly three times as long. */
  readonly answerSeconds: number;
}

export const usualHabits: Omit<Habits, 'users'> = { conversations: 4, turns: 4, thinkSeconds: 45, answerSeconds: 8 };

export interface PlannedTurn {
  /** Since the answer before. 0 for the first turn. */
  readonly thinkMs: number;
  readonly answerMs: number;
}

export interface PlannedConversation {
  readonly name: string;
  /** Since midnight. */
  readonly atMs: number;
  readonly turns: readonly PlannedTurn[];
}

export const hourMs = 3_600_000;
/** How many of 100 conversations begin in each hour of a working day: in the busiest, ten. */
const hours = [1, 1, 0, 0, 0, 1, 1, 3, 6, 9, 10, 9, 7, 8, 9, 9, 8, 5, 3, 3, 3, 2, 1, 1] as const;
const thinkSpread = 1.2;
const answerSpread = 0.6;

/** The conversations of a day, or of some hours of it, by chance, the same for the same seed; in no order. */
export function dayOfUsers(
  habits: Habits,
  { seed = 1, fromHour = 0, toHour = 24 }: { seed?: number; fromHour?: number; toHour?: number } = {},
): PlannedConversation[] {
  const random = createRandom(seed);
  /** Log-normal: most are short, some are very long. */
  const around = (median: number, spread: number): number =>
    median * 1000 * Math.exp(spread * Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction()));
  const planned: PlannedConversation[] = [];
  for (let hour = fromHour; hour < toHour; hour += 1) {
    const exactly = (habits.users * habits.conversations * (hours[hour] ?? 0)) / 100;
    const count = Math.floor(exactly) + (random.fraction() < exactly % 1 ? 1 : 0);
    for (let index = 0; index < count; index += 1) {
      const turns: PlannedTurn[] = [{ thinkMs: 0, answerMs: around(habits.answerSeconds, answerSpread) }];
      while (random.fraction() < 1 - 1 / habits.turns)
        turns.push({ thinkMs: around(habits.thinkSeconds, thinkSpread), answerMs: around(habits.answerSeconds, answerSpread) });
      planned.push({ name: `${hour} ${index}`, atMs: (hour + random.fraction()) * hourMs, turns });
    }
  }
  return planned;
}
