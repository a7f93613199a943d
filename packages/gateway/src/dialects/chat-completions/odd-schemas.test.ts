import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { createScriptedRunner, textScript } from '../../testing/index.ts';

const of = (schema: object): object => ({ type: 'object', properties: { a: schema } });

/** What JSON Schema allows, or other dialects, and what fits it and what does not; undefined where nothing can be told apart. */
test.each<{ what: string; schema: object; fits: unknown; misfit?: unknown }>([
  {
    what: 'a needless escape in a name',
    schema: { patternProperties: { '^x\\-': { type: 'integer' } } },
    fits: { 'x-1': 1 },
    misfit: { 'x-1': 'a' },
  },
  { what: 'needless escapes', schema: of({ pattern: '^\\d{4}\\-\\d{2}\\@\\:\\/$' }), fits: { a: '2020-10@:/' }, misfit: { a: '2020' } },
  { what: 'a pattern of another dialect', schema: of({ pattern: '(?i)^a\\Z' }), fits: { a: 'b' } },
  { what: 'a default that looks like a schema', schema: of({ default: { pattern: '(', $ref: '#/no' } }), fits: { a: {} } },
  {
    what: 'a const that looks like a reference',
    schema: of({ const: { $ref: '#/nope' } }),
    fits: { a: { $ref: '#/nope' } },
    misfit: { a: {} },
  },
  { what: 'values that look like schemas', schema: of({ enum: [{ pattern: '(' }] }), fits: { a: { pattern: '(' } }, misfit: { a: 1 } },
  { what: 'examples', schema: of({ examples: [{ $ref: '#/nope', allOf: 5 }] }), fits: { a: 1 } },
  { what: 'null as OpenAPI has it', schema: of({ type: 'string', nullable: true }), fits: { a: null }, misfit: { a: 1 } },
  { what: 'a format, which is an annotation', schema: of({ type: 'string', format: 'date' }), fits: { a: 'soon' }, misfit: { a: 1 } },
  {
    what: 'words of earlier drafts',
    schema: of({ items: [{ type: 'string' }], additionalItems: false }),
    fits: { a: ['x'] },
    misfit: { a: ['x', 1] },
  },
  { what: 'words that nobody knows', schema: of({ 'x-order': 1, type: 'vector' }), fits: { a: 1 } },
])('$what', async ({ schema, fits, misfit }) => {
  const ask = async (answer: unknown, stream: boolean): Promise<string> => {
    const runner = createScriptedRunner({ script: textScript([JSON.stringify(answer)]) });
    const response = await createGateway({ runner }).request('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'sonnet',
        messages: [{ role: 'user', content: 'hi' }],
        response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } },
        stream,
      }),
    });
    return `${response.status} ${(await response.text()).includes('invalid_structured_output') ? 'misfit' : 'fits'}`;
  };
  expect([await ask(fits, false), await ask(fits, true)]).toEqual(['200 fits', '200 fits']);
  if (misfit !== undefined) expect([await ask(misfit, false), await ask(misfit, true)]).toEqual(['502 misfit', '200 misfit']);
});
