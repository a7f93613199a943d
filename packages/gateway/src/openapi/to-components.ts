import * as z from 'zod';
import { isObject } from '../turn/tool.ts';
import type { JsonObject } from '../turn/tool.ts';
import { requestSchemas, type RequestSchema } from './request-schemas.ts';

type JsonSchemas = Readonly<Record<string, JsonObject>>;

const uri = (id: string): string => `#/components/schemas/${id}`;

/**
 * The JSON Schemas of what is read and what is answered, each by its name, which the others know it by.
 *
 * @param replies Written as strict as they are; in the document they are open, since later versions may tell more.
 */
export function toComponents(replies: Readonly<Record<string, z.ZodType>>): JsonSchemas {
  const requests = Object.fromEntries(Object.entries(requestSchemas).map(([name, { schema }]) => [name, schema]));
  const read = toJsonSchemas(requests, 'input');
  return {
    ...Object.fromEntries(Object.entries(read).map(([name, schema]) => [name, withNotes(schema, requestSchemas[name])])),
    ...toJsonSchemas(replies, 'output'),
  };
}

function toJsonSchemas(schemas: Readonly<Record<string, z.core.$ZodType>>, io: 'input' | 'output'): JsonSchemas {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const { schemas: made } = z.toJSONSchema(registry, {
    io,
    uri,
    unrepresentable: 'any',
    override({ jsonSchema }) {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      // That an integer is one that JavaScript can tell from others is no news.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  return Object.fromEntries(Object.entries(made).map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [name, schema]));
}

/** Says of each parameter what it does, where the dialect says so; of those within an object (`text.verbosity`) too. */
function withNotes(schema: JsonObject, { notes = {}, parameters = {} }: RequestSchema = { schema: z.unknown() }): JsonObject {
  const describe = (properties: unknown, prefix: string): JsonObject =>
    Object.fromEntries(
      Object.entries(isObject(properties) ? properties : {}).map(([key, property]: [string, unknown]) => {
        const path = prefix + key;
        const described = isObject(property) && prefix === '' ? withinNotes(property, `${path}.`) : property;
        const note = notes[path];
        const support = parameters[path]?.support;
        return [key, { ...(isObject(described) ? described : {}), ...(note !== undefined && { description: note, 'x-support': support }) }];
      }),
    );
  const withinNotes = (property: JsonObject, prefix: string): JsonObject => {
    const choices = property['anyOf'];
    if (Array.isArray(choices))
      return { ...property, anyOf: choices.map((each: unknown) => (isObject(each) ? withinNotes(each, prefix) : each)) };
    return 'properties' in property ? { ...property, properties: describe(property['properties'], prefix) } : property;
  };
  return { ...schema, properties: describe(schema['properties'], '') };
}
