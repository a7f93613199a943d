import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { isLong } from '../endurance/is-long.ts';
import { bundleRememberingServer, type BundledServer } from '../endurance/kills/bundle-remembering-server.ts';
import { createPair, type Pair } from '../endurance/model/create-pair.ts';
import { runModel } from '../endurance/model/run-model.ts';
import { createRandom } from '../support/create-random.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startRedis, type TestRedis } from '../support/servers/start-redis.ts';

const steps = Number(process.env['MODEL_STEPS'] ?? (isLong ? 2000 : 80));
const runMs = 180_000;
/** One that is always the same is enough where few steps are taken. */
const seed = Number(process.env['MODEL_SEED'] ?? (isLong ? Date.now() % 1_000_000 : 17));

let directory: string;
let bundle: BundledServer;
let redis: TestRedis;
let pair: Pair;
const random = createRandom(seed);
beforeAll(async () => {
  [bundle, redis, directory] = await Promise.all([bundleRememberingServer(), startRedis(), makeTemporaryDirectory()]);
  const storage = { driver: 'redis', url: redis.url, keyPrefix: 'fleet' } as const;
  pair = await createPair({ script: bundle.path, storage, random, machines: { count: 3, file: join(directory, 'machines') } });
});
afterAll(async () => {
  await pair.close();
  await Promise.all([bundle.remove(), redis.kill(), rm(directory, { recursive: true, force: true })]);
});

test(
  `two servers and three machines remember what a model of ${steps} steps says (MODEL_SEED=${seed})`,
  { timeout: runMs + 60_000, retry: 0 },
  async () => {
    await runModel({ pair, random, steps, runMs, seed });
  },
);
