/** No JSON Schema, whoever sends it, and no answer that is checked by one, keeps the server from serving the others. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isLong } from '../endurance/is-long.ts';
import { schemaCase, type SchemaCase } from '../endurance/fuzz/json-schemas.ts';
import { startSmallServer, type SmallServer } from './start-small-server.ts';

const runs = Number(process.env['FUZZ_RUNS'] ?? (isLong ? 2000 : 400));
const seed = Number(process.env['FUZZ_SEED'] ?? 1);
// Half a second of it is what a machine that others use takes longer, in time of its own too.
const maxHealthMs = 1500;
const maxGrowthBytes = 400_000_000;

let server: SmallServer;
let before: number | undefined;
beforeAll(async () => {
  server = await startSmallServer();
  expect((await ask({ schema: { type: 'object' } }, '{}')).status).toBe(200);
  before = await server.peakBytes();
});
afterAll(() => server.close());

interface Reply {
  readonly status: number;
  readonly text: string;
}

/** A schema as JSON text may be nested more deeply than can be made of an object. */
interface Wish {
  readonly schema: object | string;
  readonly asTool?: boolean;
  readonly more?: object;
}

async function ask({ schema, asTool = false, more = {} }: Wish, answer: string): Promise<Reply> {
  const place = '<schema>';
  const wish = asTool
    ? { tools: [{ type: 'function', function: { name: 'tool', parameters: place, strict: true } }] }
    : { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: place } } };
  const body = JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: answer }], ...wish, ...more });
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: body.replace(`"${place}"`, () => (typeof schema === 'string' ? schema : JSON.stringify(schema))),
    signal: AbortSignal.timeout(30_000),
  });
  return { status: response.status, text: await response.text() };
}

async function expectBystandersServed(attack: () => Promise<void>): Promise<void> {
  const stopWatching = server.watchHealth();
  let longestMs = 0;
  try {
    await attack();
  } finally {
    longestMs = await stopWatching();
  }
  expect(longestMs).toBeLessThan(maxHealthMs);
  const peak = await server.peakBytes();
  if (peak !== undefined && before !== undefined) expect(peak - before).toBeLessThan(maxGrowthBytes);
}

const nested = (depth: number, keyword: string): string => `${`{"${keyword}":[`.repeat(depth)}{"type":"object"}${']}'.repeat(depth)}`;
const list = (length: number, each: (index: number) => unknown): unknown[] => Array.from({ length }, (_, index) => each(index));
const doubling = (times: number, keyword: string): object => ({
  $defs: Object.fromEntries(
    list(times, (index) => [`d${index}`, index + 1 < times ? { [keyword]: list(2, () => ({ $ref: `#/$defs/d${index + 1}` })) } : {}]) as [],
  ),
  $ref: '#/$defs/d0',
});
const branching = {
  $defs: { node: { anyOf: list(2, (index) => ({ properties: { a: { $ref: '#/$defs/node' } }, required: [`p${index}`] })) } },
  $ref: '#/$defs/node',
};
const names = (length: number, start: string): object => Object.fromEntries(list(length, (index) => [`${start}${index}`, true]) as []);
const manyNames = JSON.stringify(names(20_000, 'p'));
const manyNumbers = JSON.stringify(list(20_000, () => 1));
const letterClasses = (length: number): string =>
  list(length, (index) => `[^\\p{L}\\P{Lu}${String.fromCharCode(0x4e00 + index)}]`).join('');
const letters = (length: number): string => JSON.stringify(`${'a'.repeat(length)}!`);

test.each<{ what: string; schema: object | string; answer: string; status: number }>([
  { what: 'a pattern that goes back', schema: { pattern: '^(a+)+$' }, answer: letters(34), status: 502 },
  { what: 'the same in a look ahead', schema: { pattern: '^(?=(a|a)*$)' }, answer: letters(34), status: 502 },
  {
    what: 'the same for names',
    schema: { patternProperties: { '^(a+)+$': false }, propertyNames: { pattern: '^(a+)+!$' } },
    answer: `{${letters(40)}:1}`,
    status: 200,
  },
  { what: 'a long text', schema: { pattern: '^((a|b)*c?)*$' }, answer: letters(200_000), status: 502 },
  { what: 'definitions that double', schema: doubling(20, 'allOf'), answer: '{}', status: 400 },
  { what: 'definitions that double in alternatives', schema: doubling(24, 'anyOf'), answer: '{}', status: 400 },
  { what: 'recursion that doubles', schema: branching, answer: `${'{"a":'.repeat(60)}{}${'}'.repeat(60)}`, status: 502 },
  {
    what: '3,000 alternatives',
    schema: { items: { anyOf: list(3000, (index) => ({ const: -index - 1 })) } },
    answer: JSON.stringify(list(3000, (index) => index)),
    status: 502,
  },
  {
    what: '3,000 alternatives of which the last fits',
    schema: { items: { oneOf: list(3000, (index) => ({ const: 2999 - index })) } },
    answer: JSON.stringify(list(3000, (index) => index)),
    status: 502,
  },
  {
    what: '20,000 unique objects',
    schema: { uniqueItems: true },
    answer: JSON.stringify(list(20_000, (index) => ({ a: { b: [index] } }))),
    status: 200,
  },
  { what: 'nested allOf', schema: nested(100, 'allOf'), answer: '{}', status: 400 },
  { what: 'nested allOf, as deep as it may be', schema: nested(60, 'allOf'), answer: '{}', status: 200 },
  {
    what: '40,000 properties',
    schema: { properties: Object.fromEntries(list(40_000, (index) => [`p${index}`, {}]) as []) },
    answer: '{}',
    status: 400,
  },
  { what: 'a definition that is itself', schema: { $defs: { a: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' }, answer: '{}', status: 400 },
  { what: 'a schema that is itself', schema: { $ref: '#' }, answer: '{}', status: 400 },
  {
    what: 'two definitions that are one another',
    schema: { definitions: { a: { allOf: [{ $ref: '#/definitions/b' }] }, b: { not: { $ref: '#/definitions/a' } } } },
    answer: '{}',
    status: 400,
  },
  {
    what: 'an answer nested 20,000 deep',
    schema: { $ref: '#/$defs/a', $defs: { a: { items: { $ref: '#/$defs/a' }, uniqueItems: true } } },
    answer: '['.repeat(20_000) + ']'.repeat(20_000),
    status: 502,
  },
  { what: 'a pattern that repeats a billion times', schema: { pattern: '(a{1,30000}){1,30000}' }, answer: '"a"', status: 200 },
  { what: '4,900 looks at 20,000 names', schema: { allOf: list(4900, () => ({ minProperties: 1 })) }, answer: manyNames, status: 200 },
  {
    what: '4,900 alternatives without names',
    schema: { anyOf: list(4900, () => ({ properties: { p0: false } })) },
    answer: manyNames,
    status: 502,
  },
  {
    what: '20,000 looks at 3,000 patterns',
    schema: { items: { patternProperties: names(3000, 'p'), additionalProperties: false } },
    answer: JSON.stringify(list(20_000, () => ({}))),
    status: 502,
  },
  { what: '20,000 looks at 3,000 words that say nothing', schema: { items: names(3000, 'w') }, answer: manyNumbers, status: 502 },
  {
    what: '20,000 looks at 3,000 types',
    schema: { items: { type: [...list(3000, () => 'string'), 'number'] } },
    answer: manyNumbers,
    status: 502,
  },
  {
    what: '9,000 comparisons with a long name',
    schema: { enum: list(9000, () => ({})) },
    answer: JSON.stringify({ ['x'.repeat(200_000)]: 1 }),
    status: 502,
  },
  {
    what: '4,900 lengths of a text of surrogates',
    schema: { allOf: list(4900, () => ({ minLength: 1 })) },
    answer: JSON.stringify('\u{1F600}'.repeat(50_000)),
    status: 502,
  },
  { what: '3,000 classes of letters', schema: { pattern: letterClasses(3000) }, answer: letters(3000), status: 400 },
  { what: 'a quantifier of 49,000 digits', schema: { pattern: `x{${'1'.repeat(49_000)}` }, answer: '"x"', status: 200 },
])('$what', async ({ schema, answer, status }) => {
  await expectBystandersServed(async () => {
    const replies = await Promise.all([1, 1, 3].map((n) => ask({ schema, more: { n } }, answer)));
    expect(replies.map((reply) => reply.status)).toEqual([status, status, status]);
    const streamed = await ask({ schema, more: { stream: true } }, answer);
    expect(streamed.text.includes('invalid_structured_output')).toBe(status === 502);
    const asTool = await ask({ schema, asTool: true }, answer);
    if (status === 400) expect(asTool.status).toBe(400);
    if (status === 400) expect(asTool.text).toContain('tools[0].function.parameters');
  });
});

test(`${runs} generated schemas (FUZZ_SEED=${seed})`, { timeout: 300_000, retry: 0 }, async () => {
  const cases = fc.sample(schemaCase, { numRuns: runs, seed });
  const seen = new Map<string, number>();

  async function send({ schema, answer }: SchemaCase, index: number): Promise<void> {
    const { status, text } = await ask({ schema, asTool: index % 4 === 3, more: { stream: index % 4 === 2 } }, answer);
    const what = status === 200 && text.includes('invalid_structured_output') ? 'streamed 502' : String(status);
    seen.set(what, (seen.get(what) ?? 0) + 1);
    if (![200, 400, 413, 502].includes(status))
      throw new Error(`${status} ${text} for ${JSON.stringify(schema).slice(0, 2000)} and ${answer.slice(0, 200)}`);
  }

  await expectBystandersServed(async () => {
    let next = 0;
    const sender = async (): Promise<void> => {
      for (let each = cases[next]; each !== undefined; each = cases[next]) await send(each, next++);
    };
    await Promise.all([sender(), sender(), sender(), sender()]);
  });
  for (const what of ['200', '400', '502', 'streamed 502']) expect(seen.get(what) ?? 0, what).toBeGreaterThan(runs / 100);
});
