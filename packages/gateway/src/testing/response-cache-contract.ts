import type { CachedAnswer, ResponseCache } from '../ports/response-cache.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { noUsage } from '../turn/usage.ts';
import type { ContractCheck } from './runner-contract.ts';

export interface ResponseCacheContractOptions {
  /** Makes an empty cache that keeps so many answers, each for so long. */
  readonly create: (options: { readonly maxEntries: number; readonly ttlSeconds: number }) => Promise<ResponseCache>;
}

/** What every `ResponseCache` must do, as checks that throw, for any test framework; see `runnerContract`. */
export function responseCacheContract({ create }: ResponseCacheContractOptions): ContractCheck[] {
  const check = (
    name: string,
    run: (cache: ResponseCache) => Promise<void>,
    limits: { maxEntries?: number; ttlSeconds?: number } = {},
  ) => ({
    name,
    run: async () => run(await create({ maxEntries: 100, ttlSeconds: 60, ...limits })),
  });
  return [
    check('an answer comes back as it was', checkRoundTrip),
    check('a key that is unknown is a miss', async (cache) => {
      await cache.set(keyOf(1), oddAnswer);
      mustBe(await cache.get(keyOf(2)), undefined, 'nothing is known of another key');
    }),
    check('a later answer takes the place of an earlier one', async (cache) => {
      await cache.set(keyOf(1), answerOf('the first, which is the longer one'));
      await cache.set(keyOf(1), answerOf('second'));
      mustBe(await cache.get(keyOf(1)), answerOf('second'), 'the later answer is kept');
    }),
    check('there are no more than it was told to keep, and the least recently used goes first', checkRecency, { maxEntries: 3 }),
    check('however many come at once, no more are kept', checkCrowd, { maxEntries: 4 }),
    check('an answer is gone when its time is over', checkAge, { ttlSeconds: 1 }),
    check('answers that come at once for one key leave one of them, whole', checkRace),
    check('answers can be read while they are replaced', checkReplacing),
    check('an answer of 5 MB comes back whole', async (cache) => {
      const large = answerOf('"\\ü€😀 text\n'.repeat(300_000));
      await cache.set(keyOf(1), large);
      must(toSortedJson(await cache.get(keyOf(1))) === toSortedJson(large), 'the large answer is kept as it was');
    }),
  ];
}

/** Keys that some parsers leave out. */
const withOddKeys: Readonly<Record<string, unknown>> = Object.fromEntries([
  ['__proto__', { a: 1 }],
  ['constructor', { prototype: 1 }],
]);

const oddAnswer: CachedAnswer = {
  storedAt: 1_700_000_000_123,
  events: [
    { type: 'turn-start', model: 'claude-sonnet-5-5', usage: noUsage },
    { type: 'reasoning-delta', text: 'Hm… "so"?\u2028' },
    ...['{"a":1}', '[1]', 'null', 'true', '12', '"x"', '', ' \n\t\0', 'é€😀', '\uD83D', '$&:/..'].map((text): TurnEvent => ({
      type: 'text-delta',
      text,
    })),
    { type: 'tool-call-start', id: 'toolu_1', name: 'look' },
    { type: 'tool-call-delta', json: '{"at":"{\\"b\\":[1e3,null]}"}' },
    { type: 'tool-call-start', id: 'toolu_2', name: 'rest' },
    {
      type: 'turn-end',
      reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: 'Hm… "so"?\u2028', signature: 'c2lnbmF0dXJl==' },
        { type: 'redacted_thinking', data: 'c2VjcmV0' },
        { type: 'text', text: '{"a":1}' },
        {
          type: 'tool_use',
          id: 'toolu_1',
          name: 'look',
          input: { at: '{"b":[1e3,null]}', deep: { list: [1, null, true, 'é', {}] }, '': 0 },
        },
        { type: 'tool_use', id: 'toolu_2', name: 'rest', input: withOddKeys },
      ],
    },
  ],
};

async function checkRoundTrip(cache: ResponseCache): Promise<void> {
  await cache.set(keyOf(1), oddAnswer);
  await cache.set(keyOf(2), answerOf('no content'));
  mustBe(await cache.get(keyOf(1)), oddAnswer, 'an answer stays as it was');
  mustBe(await cache.get(keyOf(1)), oddAnswer, 'an answer can be read twice');
  mustBe(await cache.get(keyOf(2)), answerOf('no content'), 'an end without content stays without');
}

async function checkRecency(cache: ResponseCache): Promise<void> {
  for (const number of [1, 2, 3]) await cache.set(keyOf(number), answerOf(`${number}`));
  await cache.get(keyOf(1));
  await cache.set(keyOf(4), answerOf('4'));
  mustBe(await kept(cache, [1, 2, 3, 4]), [1, 3, 4], 'the one goes that was not used for longest');
  await cache.set(keyOf(3), answerOf('3'));
  await cache.set(keyOf(5), answerOf('5'));
  mustBe(await kept(cache, [1, 2, 3, 4, 5]), [3, 4, 5], 'writing an answer is using it');
}

async function checkCrowd(cache: ResponseCache): Promise<void> {
  const numbers = Array.from({ length: 40 }, (_, index) => index);
  await Promise.all(numbers.map((number) => cache.set(keyOf(number), answerOf(`${number}`))));
  const left = await kept(cache, numbers);
  must(left.length === 4, `4 answers are left of 40 that came at once, not ${left.length}`);
}

async function checkAge(cache: ResponseCache): Promise<void> {
  await cache.set(keyOf(1), answerOf('early'));
  mustBe(await cache.get(keyOf(1)), answerOf('early'), 'a young answer is there');
  await pause(600);
  await cache.set(keyOf(2), answerOf('late'));
  await pause(600);
  mustBe(await kept(cache, [1, 2]), [2], 'an answer is gone after its time, and not before');
  await cache.set(keyOf(1), answerOf('again'));
  mustBe(await cache.get(keyOf(1)), answerOf('again'), 'a new answer can take the place of one that is gone');
}

async function checkRace(cache: ResponseCache): Promise<void> {
  const answers = Array.from({ length: 20 }, (_, index) => answerOf('x'.repeat(1 + ((index * 7919) % 20) * 5000)));
  await Promise.all(answers.map((answer) => cache.set(keyOf(1), answer)));
  const text = toSortedJson(await cache.get(keyOf(1)));
  must(
    answers.some((answer) => toSortedJson(answer) === text),
    'one of the answers is left, whole',
  );
}

async function checkReplacing(cache: ResponseCache): Promise<void> {
  const answers = ['short', 'x'.repeat(100_000)].map(answerOf);
  const texts = new Set(answers.map(toSortedJson));
  await cache.set(keyOf(1), answerOf('short'));
  for (let round = 0; round < 20; round += 1) {
    const writing = Promise.all(answers.map((answer) => cache.set(keyOf(1), answer)));
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
    events: [
      { type: 'turn-start', model: 'm', usage: noUsage },
      { type: 'text-delta', text },
      { type: 'turn-end', reason: 'end_turn' },
    ],
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

function toSortedJson(value: unknown): string | undefined {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  );
}

function must(condition: boolean, what: string): void {
  if (!condition) throw new Error(`The contract of ResponseCache says that ${what}.`);
}
