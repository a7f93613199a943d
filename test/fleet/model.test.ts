import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { isLong } from '../endurance/is-long.ts';
import { bundleRememberingServer } from '../endurance/kills/bundle-remembering-server.ts';
import { createPair, type Pair } from '../endurance/model/create-pair.ts';
import { runModel } from '../endurance/model/run-model.ts';
import { createRandom } from '../support/create-random.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startRedis } from '../support/servers/start-redis.ts';
import { closeAll, type Closable } from '../support/close-all.ts';

const steps = Number(process.env['MODEL_STEPS'] ?? (isLong ? 2000 : 80));
const runMs = 180_000;
/** One that is always the same is enough where few steps are taken. */
const seed = Number(process.env['MODEL_SEED'] ?? (isLong ? Date.now() % 1_000_000 : 17));

let pair: Pair;
// What was begun ends, also where something after it could not begin.
const open: Closable[] = [];
const random = createRandom(seed);
beforeAll(async () => {
  const redis = await startRedis();
  open.push({ close: () => redis.kill() });
  const bundle = await bundleRememberingServer();
  open.push({ close: () => bundle.remove() });
  const directory = await makeTemporaryDirectory();
  open.push({ close: () => rm(directory, { recursive: true, force: true }) });
  const storage = { driver: 'redis', url: redis.url, keyPrefix: 'fleet' } as const;
  pair = await createPair({ script: bundle.path, storage, random, machines: { count: 3, file: join(directory, 'machines') } });
  open.push(pair);
});
afterAll(() => closeAll(open));

test(
  `two servers and three machines remember what a model of ${steps} steps says (MODEL_SEED=${seed})`,
  { timeout: runMs + 60_000, retry: 0 },
  async () => {
    await runModel({ pair, random, steps, runMs, seed });
  },
);
