import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRedis, type TestRedis } from '../../support/servers/start-redis.ts';
import { bundleRememberingServer, type BundledServer } from '../kills/bundle-remembering-server.ts';
import { createChecks } from './create-checks.ts';
import { createModel } from './create-model.ts';
import { createPair, type Pair } from './create-pair.ts';
import { createRandom } from '../../support/create-random.ts';
import { createSteps } from './steps/create-steps.ts';
import { isLong } from '../is-long.ts';

const steps = Number(process.env['MODEL_STEPS'] ?? (isLong ? 2000 : 300));
/** On a machine that does nothing else the long form takes 40 seconds. */
const runMs = 180_000;
const seed = Number(process.env['MODEL_SEED'] ?? Date.now() % 1_000_000);

let bundle: BundledServer;
let redis: TestRedis;
let pair: Pair;
const random = createRandom(seed);
beforeAll(async () => {
  [bundle, redis] = await Promise.all([bundleRememberingServer(), startRedis()]);
  pair = await createPair(bundle.path, { driver: 'redis', url: redis.url, keyPrefix: 'model' }, random);
});
afterAll(async () => {
  await pair.close();
  await Promise.all([bundle.remove(), redis.kill()]);
});

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

test(`two servers remember what a model of ${steps} steps says (MODEL_SEED=${seed})`, { timeout: runMs + 60_000, retry: 0 }, async () => {
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

  // On a busy machine it takes as many as it has time for.
  let step = 1;
  for (; step <= steps && performance.now() < deadline; step += 1) {
    let left = random.fraction() * totalWeight;
    const [name, { run }] = all.find(([, { weight }]) => (left -= weight) < 0)!;
    taken.set(name, (taken.get(name) ?? 0) + 1);
    trail.push(name);
    try {
      await within(20_000, run());
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
});
