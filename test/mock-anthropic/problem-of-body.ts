import type { BlockParam, MessageParam, MessagesBody } from './messages-body.ts';

/** What the API refuses in a well-formed body, in about its words; undefined for nothing. */
export function problemOfBody(body: MessagesBody): string | undefined {
  return problemOfTexts(body.messages) ?? problemOfEnd(body) ?? problemOfThinking(body);
}

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

function problemOfThinking({ thinking, temperature, top_p: topP, top_k: topK, tool_choice: choice }: MessagesBody): string | undefined {
  if (thinking === undefined || thinking.type === 'disabled') return undefined;
  if (temperature !== undefined && temperature !== 1) return '`temperature` may only be set to 1 when thinking is enabled.';
  if (topK !== undefined) return '`top_k` must be unset when thinking is enabled.';
  if (topP !== undefined && topP < 0.95) return '`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.';
  const isForced = choice?.['type'] === 'any' || choice?.['type'] === 'tool';
  return isForced ? 'Thinking may not be enabled when tool_choice forces tool use.' : undefined;
}

function toBlocks(content: string | readonly BlockParam[] | undefined): readonly BlockParam[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
}
