/**
 * The arguments of a call, from the JSON object in a string that callers and models write; an empty string stands for no
 * arguments. What a model got wrong is told as the Messages API wants it told.
 *
 * @see https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/fine-grained-tool-streaming
 */
export function parseArguments(text: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Told below: text that is no JSON and JSON that is no object are the same mistake.
  }
  return { INVALID_JSON: text };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
