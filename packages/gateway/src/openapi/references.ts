import type { JsonObject } from '../turn/tool.ts';

/** By content type, which schemas a body may be of, by their names; of none for texts. */
export type Content = Readonly<Record<string, readonly string[]>>;

export function toContent(content: Content): JsonObject {
  return Object.fromEntries(Object.entries(content).map(([type, names]) => [type, { schema: toSchema(names) }]));
}

function toSchema(names: readonly string[]): JsonObject {
  const [first, ...others] = names.map((name) => ({ $ref: `#/components/schemas/${name}` }));
  if (first === undefined) return { type: 'string' };
  return others.length === 0 ? first : { anyOf: [first, ...others] };
}

/** References to components, by their names. */
export function refsOf(kind: 'headers', names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/${kind}/${name}` }]));
}
