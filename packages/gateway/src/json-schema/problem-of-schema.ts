import { type JsonObject, isObject } from '../turn/tool.ts';
import { createReferences } from './create-references.ts';
import { parsePattern } from './parse-pattern.ts';
import { problemOfSize } from './problem-of-size.ts';
import { subschemasOf } from './subschemas-of.ts';

/** The most schemas that may apply to one value, references followed. */
const maxExpansion = 5000;
const maxReferences = 1000;
/** How far the schemas for one value may be within one another, references followed. */
const maxNesting = 200;
const maxPatternCharacters = 50_000;
/** Each makes the runtime list some thousand characters. */
const maxPatternClasses = 100;

const referring = ['$ref', '$dynamicRef', '$recursiveRef'];

/**
 * Says why nothing can be checked by a JSON Schema, before a model is asked to follow it; undefined when all is well. Takes time in
 * proportion to its size.
 */
export function problemOfSchema(root: JsonObject): string | undefined {
  const sizeProblem = problemOfSize(root);
  if (sizeProblem !== undefined) return sizeProblem;
  const resolve = createReferences(root);
  const schemas = schemasIn(root, resolve);
  const patterns = schemas.flatMap(patternsOf);
  if (patterns.reduce((sum, { length }) => sum + length, 0) > maxPatternCharacters)
    return `its patterns have more than ${maxPatternCharacters} characters`;
  if (patterns.reduce((sum, pattern) => sum + (pattern.match(/\\p\{/gi)?.length ?? 0), 0) > maxPatternClasses)
    return `its patterns have more than ${maxPatternClasses} Unicode classes`;
  const broken = patterns.find((pattern) => parsePattern(pattern) === 'broken');
  if (broken !== undefined) return `'${broken.slice(0, 100)}' is no regular expression`;
  return problemOfReferences(schemas, resolve);
}

type Resolve = ReturnType<typeof createReferences>;

function schemasIn(root: JsonObject, resolve: Resolve): readonly JsonObject[] {
  const found = new Set([root]);
  // The set grows meanwhile.
  for (const schema of found) {
    const { inPlace, below } = subschemasOf(schema);
    for (const each of [...inPlace, ...below, ...referencesOf(schema).map(resolve)]) if (isObject(each)) found.add(each);
  }
  return [...found];
}

function patternsOf({ pattern, patternProperties }: JsonObject): string[] {
  return [...(typeof pattern === 'string' ? [pattern] : []), ...(isObject(patternProperties) ? Object.keys(patternProperties) : [])];
}

function problemOfReferences(schemas: readonly JsonObject[], resolve: Resolve): string | undefined {
  const references = schemas.flatMap(referencesOf);
  if (references.length > maxReferences) return `it has more than ${maxReferences} references`;
  const lost = references.find((reference) => resolve(reference) === undefined);
  if (lost !== undefined) return `nothing is at '$ref': '${lost.slice(0, 100)}'`;
  const sizes = new Map<JsonObject, number>();

  /** How many schemas a value is checked by at once; endless for what refers to nothing but itself. */
  function expansionOf(schema: unknown, nesting: number): number {
    if (!isObject(schema)) return 1;
    const known = sizes.get(schema);
    if (known !== undefined) return known;
    if (nesting > maxNesting) return maxExpansion + 1;
    sizes.set(schema, Number.POSITIVE_INFINITY);
    const targets = [...subschemasOf(schema).inPlace, ...referencesOf(schema).map(resolve)];
    const size = targets.reduce((sum: number, each) => sum + expansionOf(each, nesting + 1), 1);
    sizes.set(schema, size);
    return size;
  }

  const largest = schemas.reduce((most, schema) => Math.max(most, expansionOf(schema, 0)), 0);
  if (largest === Number.POSITIVE_INFINITY) return 'a definition in it refers to itself alone';
  if (largest > maxExpansion) return `its references and alternatives make more than ${maxExpansion} schemas for one value`;
  return undefined;
}

function referencesOf(schema: JsonObject): string[] {
  return referring.flatMap((key) => (typeof schema[key] === 'string' ? [schema[key]] : []));
}
