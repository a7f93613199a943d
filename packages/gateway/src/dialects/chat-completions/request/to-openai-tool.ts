/**
 * A tool, or a choice of one, in the form of chat completions, whether it was said in that form, flat as in the Responses API, or
 * as in the Messages API (`input_schema`, a choice of type `tool`), with what was said beside it. What is none of these stays as it is.
 */
export function toOpenaiTool(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { type, name, description, format, strict, parameters, input_schema: schema = parameters, mode } = value;
  if (type === 'allowed_tools' && Array.isArray(value['tools'])) {
    return { ...value, allowed_tools: { mode, tools: value['tools'].map(toOpenaiTool) } };
  }
  const isFlat = name !== undefined || value['input_schema'] !== undefined || type === 'tool';
  if (!isFlat || value['function'] !== undefined || value['custom'] !== undefined) return value;
  if (type === 'custom' && schema === undefined) return { ...value, custom: { name, description, format: toNestedFormat(format) } };
  const isFunction = type === undefined || type === null || type === 'function' || type === 'custom' || type === 'tool';
  return isFunction ? { ...value, type: 'function', function: { name, description, parameters: schema, strict } } : value;
}

function toNestedFormat(format: unknown): unknown {
  if (!isRecord(format) || format['type'] !== 'grammar' || format['grammar'] !== undefined) return format;
  return { type: 'grammar', grammar: { syntax: format['syntax'], definition: format['definition'] } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
