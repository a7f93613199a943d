/** A tool that the caller itself will run. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments, an object's. */
  readonly inputSchema: JsonObject;
  /** Whether the API must hold the model to the schema. */
  readonly strict: boolean;
  /** JSON Schema that the arguments are checked by once they are whole, of which the API is not told. Absent: `inputSchema`, for a strict tool. */
  readonly check?: JsonObject;
  /** Fields that are only passed on to the API: `cache_control`, `defer_loading`, `input_examples`... Absent: none. */
  readonly extra?: JsonObject;
  /** What the API is told in place of all this, for a tool that it defines (`web_search_...`, `bash_...`), whoever runs it. Absent: nothing. */
  readonly definition?: JsonObject;
}

/** A JSON object whose values nobody has looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Whether and what the model must call: as it likes, anything, one tool, or nothing; and whether one call at a time.
 *
 * @see https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use#forcing-tool-use
 */
export type ToolChoice =
  | { readonly type: 'auto' | 'any'; readonly disableParallel: boolean }
  | { readonly type: 'tool'; readonly name: string; readonly disableParallel: boolean }
  | { readonly type: 'none' };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
