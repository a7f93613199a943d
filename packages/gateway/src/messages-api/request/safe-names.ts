import { isObject, type JsonObject } from '../../turn/tool.ts';
import { mapSchemas } from './map-schemas.ts';

/** What the API takes for the name of a property. */
const taken = /^[a-zA-Z0-9_.-]{1,64}$/;
const listsOfNames = ['dependentRequired', 'dependencies', 'dependentSchemas'];

/** A schema whose properties have names that the API takes, and what each stands for. */
export interface SafeNames {
  readonly schema: JsonObject;
  /** Names as the API takes them, by the caller's. */
  readonly safe: ReadonlyMap<string, string>;
}

/** Gives other names to the properties whose names the API refuses; undefined when there are none. */
export function toSafeNames(schema: JsonObject): SafeNames | undefined {
  const names = new Set<string>();
  mapSchemas(schema, (each) => {
    for (const name of [...Object.keys(isObject(each['properties']) ? each['properties'] : {}), ...textsIn(each['required'])])
      names.add(name);
    return each;
  });
  const safe = new Map<string, string>();
  const nameAnew = createNamer(names);
  for (const name of names) if (!taken.test(name)) safe.set(name, nameAnew(name));
  if (safe.size === 0) return undefined;
  return { schema: mapSchemas(schema, (each) => rename(each, safe)), safe };
}

/** Gives the same names in every turn, as long as the schema is the same, and each only once. */
function createNamer(names: ReadonlySet<string>): (name: string) => string {
  const used = new Set(names);
  const counts = new Map<string, number>();
  return (name) => {
    const base = name.replaceAll(/[^a-zA-Z0-9_.-]/g, '_').slice(0, 56) || '_';
    for (let count = (counts.get(base) ?? 0) + 1; ; count += 1) {
      const candidate = count === 1 ? base : `${base}_${count}`;
      counts.set(base, count);
      if (used.has(candidate)) continue;
      used.add(candidate);
      return candidate;
    }
  };
}

function rename(schema: JsonObject, safe: ReadonlyMap<string, string>): JsonObject {
  const changes: Record<string, unknown> = {};
  const { properties, required, $ref } = schema;
  const nameOf = (name: string): string => safe.get(name) ?? name;
  if (isObject(properties)) {
    changes['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, each]) => [nameOf(name), safe.has(name) ? told(each, name) : each]),
    );
  }
  if (Array.isArray(required)) changes['required'] = required.map((name: unknown) => (typeof name === 'string' ? nameOf(name) : name));
  for (const key of listsOfNames) {
    const map = schema[key];
    if (!isObject(map)) continue;
    const renamed = (value: unknown): unknown => (Array.isArray(value) ? textsIn(value).map(nameOf) : value);
    changes[key] = Object.fromEntries(Object.entries(map).map(([name, value]) => [nameOf(name), renamed(value)]));
  }
  if (typeof $ref === 'string' && $ref.includes('/properties/')) changes['$ref'] = renamedPointer($ref, nameOf);
  return Object.keys(changes).length === 0 ? schema : { ...schema, ...changes };
}

/** The model is told what it is about. */
function told(schema: unknown, name: string): unknown {
  if (!isObject(schema)) return schema;
  const { description } = schema;
  return { ...schema, description: typeof description === 'string' ? `${description} (${name})` : name };
}

function renamedPointer(pointer: string, nameOf: (name: string) => string): string {
  const parts = pointer.split('/');
  return parts
    .map((part, index) => (parts[index - 1] === 'properties' ? nameOf(decode(part).replaceAll('~1', '/').replaceAll('~0', '~')) : part))
    .join('/');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
