import { dereference } from '@cfworker/json-schema';
import type { JsonObject } from './tool.ts';

/** Says why nothing can be checked by a JSON Schema, before a model is asked to follow it; undefined when all is well. */
export function problemOfSchema(schema: JsonObject): string | undefined {
  let known: Readonly<Record<string, unknown>>;
  try {
    known = dereference(schema);
  } catch (error) {
    return error instanceof Error ? error.message : 'it contradicts itself';
  }
  return problemIn(schema, known);
}

function problemIn(value: unknown, known: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return firstOf(value, known);
  const reference: unknown = Reflect.get(value, '$ref');
  const target: unknown = Reflect.get(value, '__absolute_ref__') ?? reference;
  if (typeof reference === 'string' && typeof target === 'string' && known[target] === undefined)
    return `nothing is at '$ref': '${reference}'`;
  const pattern: unknown = Reflect.get(value, 'pattern');
  if (typeof pattern === 'string' && !isPattern(pattern)) return `'${pattern}' is no regular expression`;
  return firstOf(Object.values(value), known);
}

function firstOf(values: readonly unknown[], known: Readonly<Record<string, unknown>>): string | undefined {
  for (const value of values) {
    const problem = problemIn(value, known);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
