import type { CachedAnswer, ResponseCache } from '../ports/response-cache.ts';
import { textBlock } from '../turn/block-events.ts';
import { noUsage } from '../turn/usage.ts';
import { mustOf, toSortedJson, type Must } from './expectations.ts';
import { oddAnswer } from './odd-answer.ts';
import type { ContractCheck } from './runner-contract.ts';

/** How the contract makes the caches that it checks. */
export interface ResponseCacheContractOptions {
  /** Makes an empty cache that keeps so many answers, each for so long. */
  readonly create: (bounds: ResponseCacheBounds) => Promise<ResponseCache>;
}

export interface ResponseCacheBounds {
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** The same for the answers of one tenant. */
  readonly maxTenantEntries: number;
  readonly maxTenantBytes: number;
  readonly ttlSeconds: number;
}

const must: Must = mustOf('ResponseCache');
const wideBounds = { maxBytes: 100_000_000, maxTenantBytes: 100_000_000, ttlSeconds: 3600 };

/** What every `ResponseCache` must do, as checks that throw, for any test framework; see `runnerContract`. */
export function responseCacheContract({ create }: ResponseCacheContractOptions): ContractCheck[] {
  const check = (
    name: string,
    run: (cache: ResponseCache) => Promise<void>,
    { maxEntries = 100, ...bounds }: Partial<ResponseCacheBounds> = {},
  ) => ({
    name,
    run: async () => run(await create({ ...wideBounds, maxEntries, maxTenantEntries: maxEntries, ...bounds })),
  });
  return [
    check('an answer comes back as it was', checkRoundTrip),
    check('a key that is unknown is a miss', async (cache) => {
      await cache.set(keyOf(1), oddAnswer, tenant);
      mustBe(await cache.get(keyOf(2)), undefined, 'nothing is known of another key');
    }),
    check('a later answer takes the place of an earlier one', async (cache) => {
      await cache.set(keyOf(1), answerOf('the first, which is the longer one'), tenant);
      await cache.set(keyOf(1), answerOf('second'), tenant);
      mustBe(await cache.get(keyOf(1)), answerOf('second'), 'the later answer is kept');
    }),
    check('there are no more than it was told to keep, and the least recently used goes first', checkRecency, { maxEntries: 3 }),
    check('however many come at once, no more are kept', checkCrowd, { maxEntries: 4 }),
    check('a tenant has no more than its share, and takes nothing of another', checkShare, { maxEntries: 6, maxTenantEntries: 3 }),
    check('when all have too many, who has most makes room', checkMost, { maxEntries: 4, maxTenantEntries: 3 }),
    check('all together take no more bytes than they may', checkBytes, { maxBytes: 100_000, maxTenantBytes: 100_000 }),
    check('those of a tenant take no more bytes than they may', checkBytesOfTenant, { maxBytes: 100_000, maxTenantBytes: 50_000 }),
    check('an answer that is too large is not kept, and takes nothing from anyone', checkTooLarge, {
      maxBytes: 100_000,
      maxTenantBytes: 50_000,
    }),
    check('an answer is gone when its time is over', checkAge, { ttlSeconds: 2 }),
    check('answers that come at once for one key leave one of them, whole', checkRace),
    check('answers can be read while they are replaced', checkReplacing),
    check('an answer of 5 MB comes back whole', async (cache) => {
      const large = answerOf('"\\ü€😀 text\n'.repeat(300_000));
      await cache.set(keyOf(1), large, tenant);
      must(toSortedJson(await cache.get(keyOf(1))) === toSortedJson(large), 'the large answer is kept as it was');
    }),
  ];
}

/** Whose the answers are where it does not matter. */
const tenant = 'tenant';

async function checkRoundTrip(cache: ResponseCache): Promise<void> {
  await cache.set(keyOf(1), oddAnswer, tenant);
  await cache.set(keyOf(2), answerOf('no content'), tenant);
  mustBe(await cache.get(keyOf(1)), oddAnswer, 'an answer stays as it was');
  mustBe(await cache.get(keyOf(1)), oddAnswer, 'an answer can be read twice');
  mustBe(await cache.get(keyOf(2)), answerOf('no content'), 'an end without content stays without');
}

async function checkRecency(cache: ResponseCache): Promise<void> {
  for (const number of [1, 2, 3]) await cache.set(keyOf(number), answerOf(`${number}`), tenant);
  await cache.get(keyOf(1));
  await cache.set(keyOf(4), answerOf('4'), tenant);
  mustBe(await kept(cache, [1, 2, 3, 4]), [1, 3, 4], 'the one goes that was not used for longest');
  await cache.set(keyOf(3), answerOf('3'), tenant);
  await cache.set(keyOf(5), answerOf('5'), tenant);
  mustBe(await kept(cache, [1, 2, 3, 4, 5]), [3, 4, 5], 'writing an answer is using it');
}

async function checkCrowd(cache: ResponseCache): Promise<void> {
  const numbers = Array.from({ length: 40 }, (_, index) => index);
  await Promise.all(numbers.map((number) => cache.set(keyOf(number), answerOf(`${number}`), tenant)));
  const left = await kept(cache, numbers);
  must(left.length === 4, `4 answers are left of 40 that came at once, not ${left.length}`);
}

async function checkShare(cache: ResponseCache): Promise<void> {
  for (const number of [1, 2]) await cache.set(keyOf(number), answerOf('theirs'), 'good');
  const own = Array.from({ length: 20 }, (_, index) => 10 + index);
  for (const number of own) await cache.set(keyOf(number), answerOf('its own'), 'greedy');
  mustBe(await kept(cache, [1, 2]), [1, 2], 'another tenant’s answers stay');
  mustBe(await kept(cache, own), [27, 28, 29], 'a tenant has no more than its share');
}

async function checkMost(cache: ResponseCache): Promise<void> {
  await cache.set(keyOf(1), answerOf('the oldest'), 'first');
  for (const number of [2, 3, 4]) await cache.set(keyOf(number), answerOf('more'), 'second');
  await cache.set(keyOf(5), answerOf('new'), 'third');
  mustBe(await kept(cache, [1, 2, 3, 4, 5]), [1, 3, 4, 5], 'who has most loses what it used least recently');
}

const ofTwentyKilobytes = 'x'.repeat(20_000);

async function checkBytes(cache: ResponseCache): Promise<void> {
  const numbers = Array.from({ length: 10 }, (_, index) => index);
  await cache.set(keyOf(100), answerOf('small'), 'good');
  for (const number of numbers) await cache.set(keyOf(number), answerOf(ofTwentyKilobytes), tenant);
  mustBe(await kept(cache, numbers), [6, 7, 8, 9], 'there are no more bytes than there may be');
  mustBe(await kept(cache, [100]), [100], 'who has little keeps it');
}

async function checkBytesOfTenant(cache: ResponseCache): Promise<void> {
  for (const number of [1, 2]) await cache.set(keyOf(number), answerOf(ofTwentyKilobytes), 'good');
  for (const number of [3, 4, 5, 6]) await cache.set(keyOf(number), answerOf(ofTwentyKilobytes), 'greedy');
  mustBe(await kept(cache, [1, 2, 3, 4, 5, 6]), [1, 2, 5, 6], 'a tenant has no more bytes than its share');
}

async function checkTooLarge(cache: ResponseCache): Promise<void> {
  for (const number of [1, 2]) await cache.set(keyOf(number), answerOf('small'), tenant);
  await cache.set(keyOf(1), answerOf('x'.repeat(60_000)), tenant);
  await cache.set(keyOf(3), answerOf('x'.repeat(60_000)), 'greedy');
  mustBe(await kept(cache, [1, 2, 3]), [2], 'what is too large is not kept, nor is what it was to replace');
}

async function checkAge(cache: ResponseCache): Promise<void> {
  const ttlMs = 2000;
  const isYoung = (since: number): boolean => Date.now() - since < ttlMs;
  const early = Date.now();
  await cache.set(keyOf(1), answerOf('early'), tenant);
  const first = await cache.get(keyOf(1));
  if (isYoung(early)) mustBe(first, answerOf('early'), 'a young answer is there');
  await pause(ttlMs / 2);
  const late = Date.now();
  await cache.set(keyOf(2), answerOf('late'), tenant);
  // Generous, for clocks that are not quite alike.
  while ((await cache.get(keyOf(1))) !== undefined && Date.now() - early < ttlMs + 10_000) await pause(20);
  must(!isYoung(early), 'an answer is not gone before its time');
  mustBe(await cache.get(keyOf(1)), undefined, 'an answer is gone after its time');
  const second = await cache.get(keyOf(2));
  if (isYoung(late)) mustBe(second, answerOf('late'), 'one that is younger is there');
  const again = Date.now();
  await cache.set(keyOf(1), answerOf('again'), tenant);
  const third = await cache.get(keyOf(1));
  if (isYoung(again)) mustBe(third, answerOf('again'), 'a new answer can take the place of one that is gone');
}

async function checkRace(cache: ResponseCache): Promise<void> {
  const answers = Array.from({ length: 20 }, (_, index) => answerOf('x'.repeat(1 + ((index * 7919) % 20) * 5000)));
  await Promise.all(answers.map((answer) => cache.set(keyOf(1), answer, tenant)));
  const text = toSortedJson(await cache.get(keyOf(1)));
  must(
    answers.some((answer) => toSortedJson(answer) === text),
    'one of the answers is left, whole',
  );
}

async function checkReplacing(cache: ResponseCache): Promise<void> {
  const answers = ['short', 'x'.repeat(100_000)].map(answerOf);
  const texts = new Set(answers.map(toSortedJson));
  await cache.set(keyOf(1), answerOf('short'), tenant);
  for (let round = 0; round < 20; round += 1) {
    const writing = Promise.all(answers.map((answer) => cache.set(keyOf(1), answer, tenant)));
    const read = await Promise.all([cache.get(keyOf(1)), cache.get(keyOf(1))]);
    await writing;
    for (const answer of read) must(texts.has(toSortedJson(answer)), 'an answer is whole while it is replaced');
  }
}

/** As long as the keys of the gateway. */
function keyOf(number: number): string {
  return number.toString(16).padStart(64, 'a0');
}

function answerOf(text: string): CachedAnswer {
  return {
    events: [{ type: 'turn-start', model: 'm', usage: noUsage }, ...textBlock(0, [text]), { type: 'turn-end', reason: 'end_turn' }],
    storedAt: 1000,
  };
}

async function kept(cache: ResponseCache, numbers: readonly number[]): Promise<number[]> {
  const found: number[] = [];
  // One by one, since reading an answer is using it.
  for (const number of numbers) if ((await cache.get(keyOf(number))) !== undefined) found.push(number);
  return found;
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });
}

function mustBe(value: unknown, expected: unknown, what: string): void {
  const [found, wanted] = [toSortedJson(value), toSortedJson(expected)];
  must(found === wanted, `${what}: ${wanted}, not ${found}`);
}
