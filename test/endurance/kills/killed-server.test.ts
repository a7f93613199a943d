import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTemporaryDirectory } from '../../support/make-temporary-directory.ts';
import { startRedis, type TestRedis } from '../../support/servers/start-redis.ts';
import { bundleRememberingServer, type BundledServer } from './bundle-remembering-server.ts';
import { createCaller, type Caller, type Fate } from '../model/create-caller.ts';
import { createRandom, type Random } from '../../support/create-random.ts';
import { listConversations } from '../model/list-conversations.ts';
import { startRememberingServer, type RememberingServer, type RememberingStorage } from './start-remembering-server.ts';
import { until } from '../../support/until.ts';
import { isLong } from '../is-long.ts';

/** So often each of the two lanes has its server killed. */
const killsEach = isLong ? 100 : 12;
const callersEach = 4;
/** How long Redis keeps a dead server's hold, and a bit more. */
const heldMs = 3300;
const options = { timeout: isLong ? 1_800_000 : 600_000, retry: 0 };

const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);

let bundle: BundledServer;
let redis: TestRedis;
let directory: string;
const servers = new Set<RememberingServer>();
beforeAll(async () => {
  console.log(`KILL_SEED=${seed}`);
  redis = await startRedis();
  [bundle, directory] = await Promise.all([bundleRememberingServer(), makeTemporaryDirectory()]);
});
afterAll(async () => {
  await Promise.all([...servers].map((server) => server.kill()));
  // Also where something could not begin.
  await Promise.all([redis?.kill(), bundle?.remove(), directory && rm(directory, { recursive: true, force: true })]);
});

async function start(storage: RememberingStorage): Promise<RememberingServer> {
  const server = await startRememberingServer(bundle.path, { storage });
  servers.add(server);
  return server;
}

async function kill(server: RememberingServer): Promise<void> {
  await server.kill();
  servers.delete(server);
}

interface Counts {
  kills: number;
  /** Kills that hit at least one turn. */
  hits: number;
  lost: number;
  kept: number;
  answered: number;
  /** Kills in the middle of the write of a file. */
  cutWrites: number;
}

const noCounts = (): Counts => ({ kills: 0, hits: 0, lost: 0, kept: 0, answered: 0, cutWrites: 0 });

function count(counts: Counts, fates: readonly Fate[]): void {
  counts.kills += 1;
  if (fates.some((fate) => fate !== 'none')) counts.hits += 1;
  counts.lost += fates.filter((fate) => fate === 'lost').length;
  counts.kept += fates.filter((fate) => fate === 'kept').length;
}

const answeredOf = (callers: readonly Caller[]): number => callers.reduce((sum, caller) => sum + caller.answeredCount(), 0);

/** Lets all talk, and kills their server a moment after: of them beginning, or of a first answer, however long that takes. */
async function killWhileTalking(
  server: RememberingServer,
  callers: readonly Caller[],
  { random, afterAnswer }: { readonly random: Random; readonly afterAnswer: boolean },
): Promise<void> {
  let isGone = false;
  const talking = Promise.all(callers.map((caller) => caller.talk(server.url, () => isGone)));
  // Whoever fails before the kill is heard of after it.
  talking.catch(() => {});
  const before = answeredOf(callers);
  if (afterAnswer) await until(() => answeredOf(callers) > before, 'an answer');
  await wait(20 + random.below(130));
  isGone = true;
  await kill(server);
  await talking;
  expect(server.problems).toEqual([]);
}

async function checkList(url: string, callers: readonly Caller[]): Promise<void> {
  const expected = callers.flatMap((caller) => [...caller.itemCounts()]).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const listed = new Map((await listConversations(url)).map((each) => [each.id, each.message_count]));
  // A conversation may have been made whose id was never told.
  const known = new Set(expected.map(([id]) => id));
  for (const [id, items] of listed) if (!known.has(id) && items === 0) listed.delete(id);
  expect([...listed]).toEqual(expected);
}

async function runLane(storage: RememberingStorage, laneSeed: number, counts: Counts): Promise<void> {
  const random = createRandom(laneSeed);
  const callers = Array.from({ length: callersEach }, (_, index) =>
    createCaller({
      name: `caller ${index} of ${laneSeed}`,
      random: createRandom(laneSeed * 100 + index),
      heldMs: storage.driver === 'redis' ? heldMs : 0,
    }),
  );
  for (let round = 0; round < killsEach; round += 1) {
    const server = await start(storage);
    if (round > 0) {
      count(counts, await Promise.all(callers.map((caller) => caller.check(server.url))));
      await checkList(server.url, callers);
    }
    await killWhileTalking(server, callers, { random, afterAnswer: round % 2 === 0 });
    if (storage.driver === 'fs' && (await readdir(join(storage.path, '.tmp'))).length > 0) counts.cutWrites += 1;
  }
  const last = await start(storage);
  count(counts, await Promise.all(callers.map((caller) => caller.check(last.url))));
  await checkList(last.url, callers);
  for (const caller of callers) {
    await caller.checkAll(last.url);
    counts.answered += caller.answeredCount();
  }
  await kill(last);
}

async function runLanes(storages: readonly RememberingStorage[]): Promise<Counts> {
  const counts = noCounts();
  await Promise.all(storages.map((storage, index) => runLane(storage, seed + index, counts)));
  console.log(`${storages[0]?.driver}: ${JSON.stringify(counts)}`);
  return counts;
}

/** How many kills hit something depends on how busy the machine is; a run that hits nothing proves nothing. */
const hitAsExpected = {
  kills: 2 * killsEach,
  hits: expect.toSatisfy((hits: number) => hits > killsEach / 10, 'more than some'),
  answered: expect.toSatisfy((answered: number) => answered > killsEach / 2, 'some between the kills'),
};

test(`${2 * killsEach} kills of a server that remembers in files lose no answered turn, and leave none torn`, options, async () => {
  const counts = await runLanes(['one', 'other'].map((name) => ({ driver: 'fs', path: join(directory, name) })));
  expect(counts).toMatchObject(hitAsExpected);
});

test(`${2 * killsEach} kills of a server that remembers in Redis lose no answered turn, and leave none torn`, options, async () => {
  const counts = await runLanes(['one', 'other'].map((name) => ({ driver: 'redis', url: redis.url, keyPrefix: name })));
  expect(counts).toMatchObject(hitAsExpected);
});

test('when one of two servers on one Redis is killed, the other goes on with its conversations', options, async () => {
  const storage: RememberingStorage = { driver: 'redis', url: redis.url, keyPrefix: 'shared' };
  const random = createRandom(seed);
  const callers = Array.from({ length: 6 }, (_, index) =>
    createCaller({ name: `caller ${index} of two servers`, random: createRandom(seed * 10 + index), heldMs }),
  );
  const other = await start(storage);
  const counts = noCounts();
  for (let round = 0; round < 4; round += 1) {
    await killWhileTalking(await start(storage), callers, { random, afterAnswer: true });
    count(counts, await Promise.all(callers.map((caller) => caller.goOn(other.url))));
    await checkList(other.url, callers);
  }
  for (const caller of callers) await caller.checkAll(other.url);
  await kill(other);
  expect(other.problems).toEqual([]);
  expect(counts).toMatchObject({ kills: 4, hits: expect.toSatisfy((hits: number) => hits > 1, 'most of the kills') });
});
