import { expect } from 'vitest';
import type { Random } from '../../support/create-random.ts';
import { createChecks } from './create-checks.ts';
import { createModel } from './create-model.ts';
import type { Pair } from './create-pair.ts';
import { createSteps } from './steps/create-steps.ts';

export interface ModelRun {
  readonly pair: Pair;
  readonly random: Random;
  readonly steps: number;
  /** On a busy machine it takes as many as it has time for. */
  readonly runMs: number;
  /** Told with what goes wrong. */
  readonly seed: number;
}

/** So that what hangs is told with its step. */
async function within(timeoutMs: number, running: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It hangs for ${timeoutMs} ms.`)), timeoutMs);
  });
  try {
    await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Takes steps at random, and checks that the servers remember what the model says. */
export async function runModel({ pair, random, steps, runMs, seed }: ModelRun): Promise<void> {
  const model = createModel();
  const checks = createChecks(model, random);
  const all = Object.entries(createSteps({ model, pair, checks, random }));
  const totalWeight = all.reduce((sum, [, { weight }]) => sum + weight, 0);
  const taken = new Map<string, number>();
  const trail: string[] = [];
  const deadline = performance.now() + runMs;

  async function checkEverything(): Promise<void> {
    for (const url of pair.urls()) {
      await checks.list(url);
      for (const conversation of model.conversations.values()) await checks.conversation(url, conversation);
    }
  }

  let step = 1;
  for (; step <= steps && performance.now() < deadline; step += 1) {
    let left = random.fraction() * totalWeight;
    const [name, { run }] = all.find(([, { weight }]) => (left -= weight) < 0)!;
    taken.set(name, (taken.get(name) ?? 0) + 1);
    trail.push(name);
    try {
      await within(60_000, run());
      if (step % 250 === 0) await within(60_000, checkEverything());
    } catch (error) {
      throw new Error(`Step ${step} with MODEL_SEED=${seed}, after ${trail.slice(-8).join('; ')}: ${String(error)}`, { cause: error });
    }
  }
  await checkEverything();
  console.log(
    `MODEL_SEED=${seed}: ${step - 1} of ${steps} steps, ${model.conversations.size} conversations, ${JSON.stringify(pair.counts)}, ${JSON.stringify(Object.fromEntries(taken))}`,
  );
  // A run in which something was never tried proves less than it says.
  if (step > 2000) expect([...taken.keys()].toSorted()).toEqual(all.map(([name]) => name).toSorted());
}
