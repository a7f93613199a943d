import type { Remembered } from '../create-model.ts';
import type { Steps, StepTools } from './steps.ts';

const byTurns = (each: Remembered): boolean => each.reachedAt !== undefined;

/** Turns that are answered, in a conversation that is named, recognised or new. */
export function createTurnSteps({ random, picks, asking }: StepTools): Steps {
  return {
    'a new conversation': {
      weight: 12,
      run: () => asking.ask(picks.asked(picks.asks(), { system: picks.system(), user: picks.user(), metadata: picks.metadata() })),
    },
    'a turn by id': {
      weight: 20,
      run: picks.withOne((named) =>
        asking.ask(picks.asked(picks.asks(), { named, system: picks.system(), user: picks.user(), metadata: picks.metadata() })),
      ),
    },
    'a turn by id with the whole history': {
      weight: 8,
      run: picks.withOne((named) =>
        asking.ask(picks.asked([...picks.history(named), ...picks.asks()], { named, system: random.chance(0.5) ? named.system : '' })),
      ),
    },
    'a turn by id with the end of the history': {
      weight: 5,
      run: picks.withOne((named) =>
        asking.ask(picks.asked([...picks.history(named).slice(-1 - random.below(3)), ...picks.asks()], { named })),
      ),
    },
    'a turn by a history alone': {
      weight: 18,
      run: picks.withOne(
        (one) => asking.ask(picks.asked([...picks.history(one), ...picks.asks()], { system: one.system, user: one.user })),
        byTurns,
      ),
    },
    'a turn by a history alone, with another system prompt or user': {
      weight: 3,
      run: picks.withOne((one) =>
        asking.ask(picks.asked([...picks.history(one), ...picks.asks()], { system: picks.system(), user: picks.user() })),
      ),
    },
    'a turn by an edited history': {
      weight: 7,
      run: picks.withOne((one) => {
        const messages = picks.history(one);
        const edited = random.below(messages.length || 1);
        const said = messages.map((message, index) =>
          index === edited ? { ...message, texts: [...message.texts.slice(0, -1), picks.text()] } : message,
        );
        return asking.ask(
          picks.asked([...said, ...picks.asks()], { system: one.system, user: one.user, ...(random.chance(0.5) && { named: one }) }),
        );
      }),
    },
    'a question asked again': {
      weight: 9,
      run: picks.withOne((one) => {
        const messages = picks.history(one);
        // Whoever waited at a gate would wait again.
        const questions = messages.flatMap(({ role, texts }, index) =>
          role === 'user' && !texts.join('').includes('[gate:') ? [index] : [],
        );
        if (questions.length === 0) return Promise.resolve();
        const again = messages.slice(0, random.pick(questions) + 1);
        return asking.ask(picks.asked(again, { system: one.system, user: one.user, ...(random.chance(0.4) && { named: one }) }));
      }),
    },
    'an answer to be continued': {
      weight: 1,
      run: picks.withOne(
        (one) => asking.ask(picks.asked(picks.history(one), { system: one.system, ...(random.chance(0.5) && { named: one }) })),
        (one) => one.items.at(-1)?.role === 'assistant',
      ),
    },
  };
}
