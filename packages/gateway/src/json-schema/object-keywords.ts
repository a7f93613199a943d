import { evaluatedKeys } from './evaluated-keys.ts';
import { isObject, type JsonObject } from '../turn/tool.ts';
import { limitKeyword, type CheckContext, type Checked, type Keyword, type Problem } from './keyword.ts';

/** Keywords for objects. */
export const objectKeywords: Readonly<Record<string, Keyword>> = {
  required: (wants, checked, _schema, context) => missing(wants, checked, context),
  properties(wants, checked, _schema, context) {
    if (!isObject(wants) || !isObject(checked.value)) return undefined;
    return each(checked, checked.value, context, (key) => (Object.hasOwn(wants, key) ? wants[key] : true));
  },
  patternProperties(wants, checked, _schema, context) {
    if (!isObject(wants) || !isObject(checked.value)) return undefined;
    const { value } = checked;
    for (const pattern of context.keysOf(wants)) {
      context.spend(1);
      const problem = each(checked, value, context, (key) => (context.matches(pattern, key) ? wants[pattern] : true));
      if (problem !== undefined) return problem;
    }
    return undefined;
  },
  additionalProperties(wants, checked, schema, context) {
    if (!isObject(checked.value)) return undefined;
    const { properties, patternProperties } = schema;
    const patterns = isObject(patternProperties) ? context.keysOf(patternProperties) : [];
    const isNamed = (key: string): boolean =>
      (isObject(properties) && Object.hasOwn(properties, key)) || patterns.some((pattern) => context.matches(pattern, key));
    return each(checked, checked.value, context, (key) => (isNamed(key) ? true : wants));
  },
  unevaluatedProperties(wants, checked, schema, context) {
    if (!isObject(checked.value)) return undefined;
    const evaluated = evaluatedKeys(checked, schema, context);
    return each(checked, checked.value, context, (key) => (evaluated.has(key) ? true : wants));
  },
  propertyNames(wants, checked, _schema, context) {
    if (!isObject(checked.value)) return undefined;
    for (const key of context.keysOf(checked.value)) {
      const problem = context.check({ value: key, place: { key, within: checked.place } }, wants);
      if (problem !== undefined) return { ...problem, tell: () => `its name does not fit: ${problem.tell()}` };
    }
    return undefined;
  },
  minProperties: limitKeyword(sizeOf, (size, limit) => size >= limit, 'not have fewer properties than'),
  maxProperties: limitKeyword(sizeOf, (size, limit) => size <= limit, 'not have more properties than'),
  dependentRequired: dependent,
  dependentSchemas: dependent,
  dependencies: dependent,
};

/** Checks each property by the schema that there is for it. */
function each({ place }: Checked, value: JsonObject, context: CheckContext, schemaOf: (key: string) => unknown): Problem | undefined {
  for (const key of context.keysOf(value)) {
    const problem = context.check({ value: value[key], place: { key, within: place } }, schemaOf(key));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function missing(names: unknown, { value, place }: Checked, context: CheckContext): Problem | undefined {
  if (!Array.isArray(names) || !isObject(value)) return undefined;
  for (const name of names) {
    context.spend(1);
    if (typeof name === 'string' && !Object.hasOwn(value, name))
      return { place, tell: () => `it does not have the required property ${JSON.stringify(name)}` };
  }
  return undefined;
}

function dependent(wants: unknown, checked: Checked, _schema: JsonObject, context: CheckContext): Problem | undefined {
  if (!isObject(wants) || !isObject(checked.value)) return undefined;
  for (const key of context.keysOf(wants)) {
    context.spend(1);
    if (!Object.hasOwn(checked.value, key)) continue;
    const then = wants[key];
    const problem = Array.isArray(then) ? missing(then, checked, context) : context.check(checked, then);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function sizeOf(value: unknown, context: CheckContext): number | undefined {
  return isObject(value) ? context.keysOf(value).length : undefined;
}
