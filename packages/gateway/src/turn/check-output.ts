import { Validator } from '@cfworker/json-schema';
import type { JsonObject } from './tool.ts';

/** Says what keeps a text from being JSON that fits a schema; undefined when it fits. */
export function checkOutput(text: string, schema: JsonObject): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not valid JSON';
  }
  const { valid, errors } = new Validator(schema, '2020-12', false).validate(value);
  if (valid) return undefined;
  // The innermost errors say what is wrong; those around them only that something is.
  const [last] = errors.toSorted((one, other) => other.instanceLocation.length - one.instanceLocation.length);
  return last === undefined ? 'it does not fit the schema' : `at ${last.instanceLocation}: ${last.error.replace(/\.$/, '')}`;
}
