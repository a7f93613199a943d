import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { parseBody } from './parse-body.ts';
import { requestSchema } from './chat-completions/request/request-schema.ts';
import { itemSchema } from './items/item-schema.ts';
import { requestSchema as messagesSchema } from './messages/request/request-schema.ts';
import { requestSchema as responsesSchema } from './responses/request/request-schema.ts';

/** What a schema or a check was made of. */
function defOf(made: object): Record<string, unknown> {
  const { def } = Reflect.get(made, '_zod') as { readonly def: Record<string, unknown> };
  return { ...def };
}

/** Calls `visit` for every schema within one, and says whether it stands in a list or record. */
function walk(
  schema: unknown,
  visit: (def: Record<string, unknown>, isMany: boolean) => void,
  isMany = false,
  seen = new Set<unknown>(),
): void {
  if (!(schema instanceof z.core.$ZodType) || seen.has(schema)) return;
  seen.add(schema);
  const def = defOf(schema);
  visit(def, isMany);
  const within = (each: unknown, many = isMany): void => walk(each, visit, many, new Set(seen));
  for (const key of ['innerType', 'in', 'out', 'left', 'right']) within(def[key]);
  for (const option of (def['options'] as unknown[] | undefined) ?? []) within(option);
  for (const value of Object.values((def['shape'] as object | undefined) ?? {})) within(value);
  for (const key of ['element', 'keyType', 'valueType', 'catchall']) within(def[key], true);
}

test.each([
  ['a chat completion', requestSchema],
  ['a response', responsesSchema],
  ['a message', messagesSchema],
  ['an item', z.array(itemSchema)],
])('in %s every check within a list or record aborts, so that the first fault ends it', (_, schema) => {
  const going: string[] = [];
  let checks = 0;
  walk(schema, (def, isMany) => {
    // A record of what is not looked into has no faults.
    if (def['type'] === 'record') expect(defOf(def['valueType'] as object)['type']).toBe('unknown');
    for (const check of isMany ? ((def['checks'] as object[] | undefined) ?? []) : []) {
      checks += 1;
      if (defOf(check)['abort'] !== true) going.push(`${String(def['type'])} ${String(defOf(check)['check'])}`);
    }
  });
  expect(checks).toBeGreaterThan(0);
  expect(going, 'give these checks { abort: true }').toEqual([]);
});

const many = <Value>(value: Value): Value[] => Array.from({ length: 80_000 }, () => value);
const record = (value: unknown): object => Object.fromEntries(many(value).map((each, index) => [`k${index}`, each]));
const user = { role: 'user', content: 'x' };

test.each<[string, object]>([
  ['messages of a wrong kind', { messages: many(1) }],
  ['messages', { messages: Array.from({ length: 100_001 }, () => user) }],
  ['messages without a role', { messages: many({}) }],
  [
    'calls without a name',
    { messages: [user, { role: 'assistant', tool_calls: many({ id: 'a', function: { name: '', arguments: '' } }) }] },
  ],
  ['parts without a text', { messages: [{ role: 'user', content: many({ type: 'text' }) }] }],
  ['pictures without a place', { messages: [{ role: 'user', content: many({ type: 'image_url', image_url: { url: '' } }) }] }],
  ['system parts of a wrong kind', { messages: [{ role: 'system', content: many(1) }] }],
  ['tools', { tools: many({}) }],
  ['named tools', { tools: many({ type: 'function', function: { name: 'a b' } }) }],
  ['functions', { functions: many({ name: '' }) }],
  ['allowed tools', { tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: many({}) } } }],
  ['stops', { stop: many(1) }],
  ['modalities', { modalities: many('x') }],
  ['biases of a wrong kind', { logit_bias: record('a') }],
  ['biases out of range', { logit_bias: record(1000) }],
  ['metadata of a wrong length', { metadata: record('x'.repeat(1000)) }],
  ['metadata of many pairs', { metadata: record('x') }],
])('%s by the ten thousand are one fault', (_, body) => {
  const given = { model: 'm', messages: [user], ...body };
  const startedAt = performance.now();
  expect(() => parseBody(requestSchema, given)).toThrow(expect.objectContaining({ status: 400 }));
  expect(performance.now() - startedAt).toBeLessThan(60_000);
});

test.each<[string, object]>([
  ['calls without a name', { input: many({ type: 'function_call', name: '' }) }],
  ['references to nothing', { input: many({ type: 'item_reference', id: '' }) }],
  ['items with too many tools', { input: many({ type: 'additional_tools', tools: Array.from({ length: 513 }, () => ({ type: 'x' })) }) }],
  ['tools without a name', { tools: many({ type: 'function', name: '' }) }],
])('of a response, %s by the ten thousand are one fault', (_, body) => {
  const startedAt = performance.now();
  expect(() => parseBody(responsesSchema, { model: 'm', ...body })).toThrow(expect.objectContaining({ status: 400 }));
  expect(performance.now() - startedAt).toBeLessThan(60_000);
});
