import { type JsonObject, isObject } from '../turn/tool.ts';
import { subschemasOf } from './subschemas-of.ts';

/** Finds what references refer to, within a schema: by path, by `$anchor`, by `$id`. Undefined for nothing there. */
export function createReferences(root: JsonObject): (reference: string) => unknown {
  let named: ReadonlyMap<string, unknown> | undefined;
  const known = new Map<string, unknown>();

  function find(reference: string): unknown {
    const hash = reference.includes('#') ? reference.indexOf('#') : reference.length;
    const base = reference.slice(0, hash);
    const fragment = reference.slice(hash + 1);
    if (base !== '' || (fragment !== '' && !fragment.startsWith('/'))) named ??= namesIn(root);
    if (fragment !== '' && !fragment.startsWith('/')) return named?.get(`#${fragment}`);
    return at(fragment, base === '' ? root : named?.get(base));
  }

  return (reference) => {
    if (!known.has(reference)) known.set(reference, find(reference));
    return known.get(reference);
  };
}

function at(pointer: string, start: unknown): unknown {
  let value = start;
  for (const part of pointer.split('/').slice(1)) {
    const key = decode(part).replaceAll('~1', '/').replaceAll('~0', '~');
    value = typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  }
  return value;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function namesIn(root: JsonObject): ReadonlyMap<string, unknown> {
  const names = new Map<string, unknown>();
  const open: unknown[] = [root];
  for (let schema = open.pop(); schema !== undefined; schema = open.pop()) {
    if (!isObject(schema)) continue;
    for (const anchor of [schema['$anchor'], schema['$dynamicAnchor']]) if (typeof anchor === 'string') names.set(`#${anchor}`, schema);
    for (const id of [schema['$id'], schema['id']]) if (typeof id === 'string') names.set(id.replace(/#$/, ''), schema);
    const { inPlace, below } = subschemasOf(schema);
    for (const each of [...inPlace, ...below]) open.push(each);
  }
  return names;
}
