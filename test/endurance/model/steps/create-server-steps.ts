import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { askTurn, type TurnReply } from '../ask-turn.ts';
import type { PreparedTurn } from '../create-asking.ts';
import type { AskedTurn } from '../create-model.ts';
import type { PairMachines } from '../create-pair.ts';
import type { Steps, StepTools } from './steps.ts';

/** How long Redis keeps a dead server's hold, and a bit more. */
const heldMs = 3300;

/** Servers that are stopped or killed, also in the middle of a turn. */
export function createServerSteps({ model, pair, checks, random, picks, asking }: StepTools): Steps {
  /** After a kill: the turn is part of its conversation, whole, or was never there. */
  async function settle(prepared: PreparedTurn, reply: TurnReply | undefined, isPossible: boolean): Promise<void> {
    const { expected } = prepared;
    const url = pair.url();
    const heldUntil = performance.now() + heldMs;
    if (reply !== undefined) {
      const kept = await asking.checkAnswer(url, prepared, reply);
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
    expect(asking.nameOf(answer, expected), `the answer of a turn that was cut: ${answer}`).toBeDefined();
    const kept = model.keep(expected, id, answer);
    kept.heldUntil = heldUntil;
    return checks.conversation(url, kept);
  }

  async function killInTurn(turn: AskedTurn, gate?: string): Promise<void> {
    const prepared = asking.prepare(turn);
    if (asking.mayBeHeld(prepared)) return;
    let url: string;
    let replying: Promise<TurnReply>;
    if (gate === undefined) {
      url = pair.url();
      replying = askTurn(url, prepared.request);
      replying.catch(() => {});
      await wait(random.below(9));
    } else ({ url, reply: replying } = await asking.begin(prepared, gate));
    await pair.kill(url);
    if (turn.named !== undefined) turn.named.heldUntil = performance.now() + heldMs;
    await settle(prepared, await replying.catch(() => undefined), gate === undefined);
  }

  /** The machine on which a turn waits at this gate. */
  const machineAt = (gate: string): Promise<string> =>
    Promise.any((pair.machines?.urls() ?? []).map(async (url) => (await (await fetch(`${url}/control/waiting/${gate}`)).text(), url)));

  /** Who has heard something is told so, and nothing is kept; who has not is answered by another machine. */
  async function killMachineInTurn(machines: PairMachines): Promise<void> {
    const gate = picks.gate();
    const prepared = asking.prepare(picks.turn(` [gate:${gate}]`));
    if (asking.mayBeHeld(prepared)) return;
    const { url, reply: replying, open } = await asking.begin(prepared, gate);
    await machines.kill(await machineAt(gate));
    await open();
    const reply = await replying;
    const { request, expected } = prepared;
    if (request.body['stream'] !== true) return checks.conversation(url, await asking.checkAnswer(url, prepared, reply));
    expect(reply).toMatchObject({ status: 200, errorCode: 'upstream_error' });
    if (expected.goesInto !== undefined) await checks.conversation(url, expected.goesInto);
    else if (reply.id !== undefined) await checks.absent(url, reply.id);
  }

  const { machines } = pair;
  return {
    ...(machines !== undefined && {
      'a machine that is killed': { weight: 1.5, run: () => machines.kill(random.pick(machines.urls())) },
      'a machine that is killed while it runs a turn': { weight: 2, run: () => killMachineInTurn(machines) },
    }),
    'a restart': { weight: 0.7, run: () => pair.restart() },
    'a kill': { weight: 0.7, run: () => pair.kill(pair.url()) },
    'a kill in the middle of a turn': { weight: 1.5, run: () => killInTurn(picks.turn()) },
    'a kill while a turn runs': {
      weight: 0.7,
      run: () => {
        const gate = picks.gate();
        return killInTurn(picks.turn(` [gate:${gate}]`), gate);
      },
    },
  };
}
