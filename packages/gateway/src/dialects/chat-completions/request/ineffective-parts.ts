import type { ChatCompletionRequest } from './request-schema.ts';

/** Where to cache a prompt: the CLI says that itself. */
const cacheHints = ['cache_control', 'prompt_cache_breakpoint'];
/** See `assistantPart` in the schema. */
const unreadParts: ReadonlySet<unknown> = new Set(['thinking', 'redacted_thinking', 'reasoning', 'input_json_delta']);

/** The first of each kind of thing within messages, system prompt and tools that has no effect, by its place: `messages[1].name`. */
export function ineffectiveParts({ messages, system, tools, functions }: ChatCompletionRequest): string[] {
  const places = new Map<string, string>();

  function note(kind: string, place: string): void {
    if (!places.has(kind)) places.set(kind, place);
  }

  function look(value: unknown, place: string): void {
    if (typeof value !== 'object' || value === null) return;
    for (const hint of cacheHints) {
      if ((Reflect.get(value, hint) ?? undefined) !== undefined) note(hint, `${place}.${hint}`);
    }
    if (unreadParts.has(Reflect.get(value, 'type'))) note('part', place);
    lookThrough(Reflect.get(value, 'content'), `${place}.content`);
  }

  function lookThrough(values: unknown, place: string): void {
    if (Array.isArray(values)) for (const [index, value] of values.entries()) look(value, `${place}[${index}]`);
  }

  lookThrough(messages, 'messages');
  lookThrough(system, 'system');
  lookThrough(tools, 'tools');
  tools?.forEach((tool, index) => look(tool[tool.type], `tools[${index}].${tool.type}`));
  lookThrough(functions, 'functions');
  for (const [index, message] of messages.entries()) {
    if (message.role === 'assistant' && message['audio']) note('audio', `messages[${index}].audio`);
    // A tool's name is in its call already.
    if (message.role !== 'tool' && message.role !== 'function' && message['name']) note('name', `messages[${index}].name`);
  }
  return [...places.values()];
}
