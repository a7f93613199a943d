import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogger, type LoggerOptions } from './create-logger.ts';

function record(options: Partial<LoggerOptions> = {}): { readonly logger: ReturnType<typeof createLogger>; readonly lines: string[] } {
  const lines: string[] = [];
  return { logger: createLogger({ level: 'debug', ...options }, { write: (line) => void lines.push(line) }), lines };
}

test('one JSON object a line, and nothing below the level', () => {
  const { logger, lines } = record({ level: 'warn' });
  logger.info({}, 'not written');
  logger.warn({ requestId: 'req_1' }, 'written');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^\{.*\}\n$/);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 40, requestId: 'req_1', msg: 'written' });
});

test('an error keeps its type, message, stack and code, and so do its causes', () => {
  const { logger, lines } = record();
  const cause = Object.assign(new RangeError('inner'), { code: 'E_INNER' });
  const error = Object.assign(new TypeError('outer', { cause }), { code: 'E_OUTER' });
  logger.error({ error }, 'failed');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    error: {
      type: 'TypeError',
      message: 'outer',
      code: 'E_OUTER',
      stack: expect.stringContaining('create-logger.test'),
      cause: { type: 'RangeError', message: 'inner', code: 'E_INNER', stack: expect.stringContaining('create-logger.test') },
    },
  });
});

const letters = (characters: string, minLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters.split('')), minLength, maxLength: minLength + 20 });
const urlSafe = 'ABCXYZabcxyz0189_-';
/** What is found without being known. */
const looksSecret = fc.oneof(
  letters(urlSafe, 20).map((rest) => `sk-ant-api03-${rest}`),
  letters(urlSafe, 40).map((rest) => `ccapi_${rest}`),
  letters('ABCabc012', 36).map((rest) => `ghp_${rest}`),
  letters('ABCabc012_', 60).map((rest) => `github_pat_${rest}`),
  letters('ABCXYZ019', 16).map((rest) => `AKIA${rest.slice(0, 16)}`),
  fc.tuple(letters(urlSafe, 10), letters(urlSafe, 10), letters(urlSafe, 10)).map(([head, body, end]) => `eyJ${head}.${body}.${end}`),
);
const known = fc.string({ unit: 'grapheme', minLength: 12, maxLength: 40 }).filter((text) => new Set(text).size > 6);

/** Wherever a text can be in what is logged. */
const places: readonly ((text: string) => Readonly<Record<string, unknown>>)[] = [
  (text) => ({ text }),
  (text) => ({ [text]: 1 }),
  (text) => ({ list: [1, ['a', text]] }),
  (text) => ({ deep: { er: { text } } }),
  (text) => ({ json: JSON.stringify({ text }) }),
  (text) => ({ error: new Error(text) }),
  (text) => ({ error: new Error('outer', { cause: new Error('inner', { cause: text }) }) }),
  (text) => ({ error: Object.assign(new Error('outer'), { details: { text } }) }),
  (text) => ({ error: new AggregateError([new Error(text)]) }),
  (text) => ({ headers: { authorization: `Bearer ${text}` } }),
];

test.each([
  ['that looks like one', looksSecret, false],
  ['that is known', known, true],
] as const)('a secret %s never comes out, wherever it is in a line', (_, secrets, isKnown) => {
  const around = fc.string({ unit: 'binary', maxLength: 20 });
  fc.assert(
    fc.property(secrets, around, around, fc.constantFrom(...places, undefined), (secret, before, after, place) => {
      const { logger, lines } = record({ secrets: isKnown ? [secret] : [] });
      const text = `${before}${secret}${after}`;
      if (place === undefined) logger.info({}, text);
      else logger.info(place(text), 'a message');
      const line = lines.join('');
      expect(line).not.toContain(secret);
      // Nor when it is read, and what is JSON in it too.
      const read = JSON.stringify(JSON.parse(line));
      expect(read.replaceAll(/\\+(["\\])/g, '$1')).not.toContain(secret);
    }),
    { numRuns: 1000 },
  );
});
