import { problemOfCountedFields, problemOfFields } from './known-names.ts';
import { isMessagesBody, type BlockParam, type MessageParam, type MessagesBody } from './messages-body.ts';
import { problemOfMedia } from './problem-of-media.ts';

/** What the API refuses in a well-formed body, in about its words; undefined for nothing. */
export function problemOfBody(body: MessagesBody): string | undefined {
  return (
    problemOfFields(body) ??
    problemOfTexts(body.messages) ??
    problemOfCalls(body.messages) ??
    problemOfEnd(body) ??
    problemOfThinking(body) ??
    problemOfTools(body) ??
    problemOfCacheMarks(body) ??
    problemOfMedia(body.messages)
  );
}

/** The same of a body whose tokens are to be counted, which has no answer's parameters: https://platform.claude.com/docs/en/api/messages-count-tokens. */
export function problemOfCount(body: unknown): string | undefined {
  const needed = 'The body needs model and messages.';
  if (typeof body !== 'object' || body === null) return needed;
  // It is read as a request is, which says how much it may answer.
  const whole = { ...body, max_tokens: Number.MAX_SAFE_INTEGER };
  if (!isMessagesBody(whole)) return needed;
  return problemOfCountedFields(body) ?? problemOfBody(whole);
}

/** No text is empty or blank: https://platform.claude.com/docs/en/api/messages, `messages[].content[].text`, "minLength 1". */
function problemOfTexts(messages: readonly MessageParam[]): string | undefined {
  for (const [index, { content }] of messages.entries()) {
    const texts = toBlocks(content).flatMap((block) => (block.type === 'tool_result' ? toBlocks(block.content) : [block]));
    for (const { type, text } of texts) {
      if (type !== 'text') continue;
      if (text === undefined || text === '') return `messages.${index}: text content blocks must be non-empty`;
      if (text.trim() === '') return `messages.${index}: text content blocks must contain non-whitespace text`;
    }
  }
  return undefined;
}

/**
 * Results come first in the message behind their calls, and all of them:
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use#handling-results-from-client-tools.
 */
function problemOfCalls(messages: readonly MessageParam[]): string | undefined {
  for (const [index, { role, content }] of messages.entries()) {
    const before = index === 0 || role !== 'user' ? [] : toBlocks(messages[index - 1]?.content);
    const called = new Set(before.flatMap(({ type, id }) => (type === 'tool_use' && id !== undefined ? [id] : [])));
    const blocks = role === 'user' ? toBlocks(content) : [];
    for (const { type, tool_use_id: id = '' } of blocks) {
      if (type === 'tool_result' && !called.delete(id))
        return `messages.${index}.content: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}`;
    }
    const firstOther = blocks.findIndex(({ type }) => type !== 'tool_result');
    const isLate = firstOther !== -1 && blocks.slice(firstOther).some(({ type }) => type === 'tool_result');
    if (called.size > 0 || isLate)
      return `messages.${index - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${[...called].join(', ')}`;
  }
  return undefined;
}

/**
 * No answer begun for models from 4.6 on: https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-6; for older ones none
 * that ends in white space: https://platform.claude.com/docs/en/build-with-claude/prompt-engineering/prefill-claudes-response.
 */
function problemOfEnd({ model, messages }: MessagesBody): string | undefined {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return undefined;
  if (isFrom46(model)) return 'This model does not support assistant message prefill. The conversation must end with a user message.';
  const end = toBlocks(last.content).at(-1)?.text ?? '';
  return /\s$/.test(end) ? 'messages: final assistant content cannot end with trailing whitespace' : undefined;
}

/** `claude-opus-4-6`, `claude-sonnet-5-5`, `claude-opus-5`; not `claude-sonnet-4-20250514`. */
function isFrom46(model: string): boolean {
  const [, major = '0', minor = '0'] = /^claude-[a-z]+-(\d+)(?:-(\d{1,2}))?(?!\d)/.exec(model) ?? [];
  return Number(major) > 4 || (Number(major) === 4 && Number(minor) >= 6);
}

/** https://platform.claude.com/docs/en/build-with-claude/extended-thinking#feature-compatibility */
function problemOfThinking({
  thinking,
  temperature,
  top_p: topP,
  top_k: topK,
  tool_choice: choice,
  max_tokens: most,
}: MessagesBody): string | undefined {
  if (thinking === undefined || thinking.type === 'disabled') return undefined;
  if (temperature !== undefined && temperature !== 1) return '`temperature` may only be set to 1 when thinking is enabled.';
  if (topK !== undefined) return '`top_k` must be unset when thinking is enabled.';
  if (topP !== undefined && topP < 0.95) return '`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.';
  const { budget_tokens: budget } = thinking;
  if (budget !== undefined && budget < 1024) return 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024';
  if (budget !== undefined && budget >= most) return '`max_tokens` must be greater than `thinking.budget_tokens`.';
  const isForced = choice?.['type'] === 'any' || choice?.['type'] === 'tool';
  return isForced ? 'Thinking may not be enabled when tool_choice forces tool use.' : undefined;
}

/**
 * Names of tools and stop sequences: https://platform.claude.com/docs/en/api/messages. Names of properties: no page has the rule; it is the error of the API
 * as its users report it, for instance in https://github.com/beautyfree/appstore-connect-mcp/issues/2.
 */
function problemOfTools({ tools = [], stop_sequences: stops = [] }: MessagesBody): string | undefined {
  if (stops.some((stop) => stop.trim() === '')) return 'stop_sequences: each stop sequence must contain non-whitespace';
  if (new Set(tools.map(({ name }) => name)).size < tools.length) return 'tools: Tool names must be unique.';
  for (const [index, { name, input_schema: schema }] of tools.entries()) {
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name)) return `tools.${index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`;
    if (!propertyNamesOf(schema).every((key) => /^[a-zA-Z0-9_.-]{1,64}$/.test(key)))
      return `tools.${index}.custom.input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'`;
  }
  return undefined;
}

function propertyNamesOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap(propertyNamesOf);
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    if (['const', 'enum', 'default', 'examples'].includes(key)) return [];
    if (key !== 'properties' || typeof value !== 'object' || value === null) return propertyNamesOf(value);
    return [...Object.keys(value), ...Object.values(value).flatMap(propertyNamesOf)];
  });
}

/** https://platform.claude.com/docs/en/build-with-claude/prompt-caching#explicit-cache-breakpoints: up to four. */
function problemOfCacheMarks({ tools = [], system, messages, cache_control: own }: MessagesBody): string | undefined {
  const blocks = messages.flatMap(({ content }) => toBlocks(content));
  const inner = blocks.flatMap(({ type, content }) => (type === 'tool_result' ? toBlocks(content) : []));
  const marked = [...tools, ...toBlocks(system), ...blocks, ...inner, { cache_control: own }].filter(({ cache_control: mark }) => mark);
  return marked.length > 4 ? `A maximum of 4 blocks with cache_control may be provided. Found ${marked.length}.` : undefined;
}

function toBlocks(content: string | readonly BlockParam[] | undefined): readonly BlockParam[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
}
