/** Compares the gateway's own check of answers with that of a library, over generated schemas and answers. */
import { Validator } from '@cfworker/json-schema';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { findProblem } from '../../../packages/gateway/src/json-schema/find-problem.ts';
import { problemOfSchema } from '../../../packages/gateway/src/json-schema/problem-of-schema.ts';
import { isLong } from '../is-long.ts';

const name = fc.constantFrom('a', 'b', 'c', 'd');
const leaf = fc.constantFrom<unknown>(null, true, 0, 1, 2.5, 'a', 'ab', '1');
const limit = fc.integer({ min: 0, max: 3 });

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { noNullPrototype: true }),
  ),
}));

/** What both take, and take for the same. */
const { schema } = fc.letrec<{ schema: unknown }>((tie) => {
  const list = fc.array(tie('schema'), { minLength: 1, maxLength: 3 });
  const map = fc.dictionary(name, tie('schema'), { maxKeys: 3, noNullPrototype: true });
  const one = (keys: string[], arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<[string, unknown]> =>
    fc.tuple(fc.constantFrom(...keys), arbitrary);
  const keyword = fc.oneof(
    one(['allOf', 'anyOf', 'oneOf', 'prefixItems'], list),
    one(
      ['not', 'if', 'then', 'else', 'items', 'contains', 'propertyNames', 'additionalProperties', 'unevaluatedProperties'],
      tie('schema'),
    ),
    one(['properties', 'dependentSchemas'], map),
    one(['patternProperties'], fc.dictionary(fc.constantFrom('^a', '[bc]', 'd$'), tie('schema'), { maxKeys: 2, noNullPrototype: true })),
    one(
      [
        'minimum',
        'maximum',
        'exclusiveMinimum',
        'exclusiveMaximum',
        'minLength',
        'maxLength',
        'minItems',
        'maxItems',
        'minProperties',
        'maxProperties',
      ],
      limit,
    ),
    one(['multipleOf'], fc.constantFrom(1, 2, 0.5, 0.1)),
    one(['minContains', 'maxContains'], limit),
    one(['type'], fc.constantFrom('object', 'array', 'string', 'number', 'integer', 'null', 'boolean', ['object', 'array'])),
    one(['const'], value),
    one(['enum'], fc.array(value, { minLength: 1, maxLength: 3 })),
    one(['pattern'], fc.constantFrom('^a', 'b$', '^[a1]+$')),
    one(['uniqueItems'], fc.constant(true)),
    one(['required'], fc.uniqueArray(name, { maxLength: 2 })),
    one(['dependentRequired'], fc.dictionary(name, fc.uniqueArray(name, { maxLength: 2 }), { maxKeys: 2, noNullPrototype: true })),
    one(['$ref'], fc.constantFrom('#/$defs/x', '#/$defs/y')),
  );
  return {
    schema: fc.oneof(
      { maxDepth: 4 },
      fc.boolean(),
      fc.array(keyword, { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    ),
  };
});

const runs = isLong ? 20_000 : 2000;

test('what fits a schema, and what does not, is what a library says', () => {
  const verdicts = { fits: 0, not: 0 };
  fc.assert(
    fc.property(schema, schema, schema, value, (whole, x, y, each) => {
      const root: Record<string, unknown> = { allOf: [whole], $defs: { x, y } };
      fc.pre(problemOfSchema(root) === undefined);
      const { valid } = new Validator(structuredClone(root), '2020-12', true).validate(each);
      verdicts[valid ? 'fits' : 'not'] += 1;
      expect(findProblem(each, root, 1_000_000) === undefined).toBe(valid);
    }),
    { numRuns: runs },
  );
  expect(verdicts.fits).toBeGreaterThan(runs / 10);
  expect(verdicts.not).toBeGreaterThan(runs / 10);
});
