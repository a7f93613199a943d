import { afterAll, beforeAll, test } from 'vitest';
import { startRedis } from '../../support/servers/start-redis.ts';
import { bundleRememberingServer } from '../kills/bundle-remembering-server.ts';
import { createPair, type Pair } from './create-pair.ts';
import { createRandom } from '../../support/create-random.ts';
import { runModel } from './run-model.ts';
import { isLong } from '../is-long.ts';
import { closeAll, type Closable } from '../../support/close-all.ts';

const steps = Number(process.env['MODEL_STEPS'] ?? (isLong ? 2000 : 300));
/** On a machine that does nothing else the long form takes 40 seconds; what the short one has no time for it leaves out. */
const runMs = isLong ? 1_800_000 : 180_000;
const seed = Number(process.env['MODEL_SEED'] ?? Date.now() % 1_000_000);

let pair: Pair;
// What was begun ends, also where something after it could not begin.
const open: Closable[] = [];
const random = createRandom(seed);
beforeAll(async () => {
  const redis = await startRedis();
  open.push({ close: () => redis.kill() });
  const bundle = await bundleRememberingServer();
  open.push({ close: () => bundle.remove() });
  pair = await createPair({ script: bundle.path, storage: { driver: 'redis', url: redis.url, keyPrefix: 'model' }, random });
  open.push(pair);
});
afterAll(() => closeAll(open));

test(`two servers remember what a model of ${steps} steps says (MODEL_SEED=${seed})`, { timeout: runMs + 60_000, retry: 0 }, async () => {
  await runModel({ pair, random, steps, runMs, seed });
});
