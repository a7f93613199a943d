import type { BlockParam, MessageParam } from '@claude-code-api/mock-anthropic';
import type { ChatMessage } from './chat-message.ts';

export interface ExpectedConversation {
  /** The caller's system prompt: no text at all, or one. */
  readonly system: readonly string[];
  readonly messages: readonly MessageParam[];
}

/**
 * What must reach the Messages API for a chat, written apart from the gateway's own translation: neighbours of one role
 * are one message, tool results stand first in it and calls last, blank texts are gone, a begun answer ends in no white space,
 * system texts before the first answer are joined by a blank line, and later ones are the user's. An answer of the CLI's own words
 * for nothing, which the CLI would leave out, comes in two blocks.
 */
export function toExpectedConversation(chat: readonly ChatMessage[]): ExpectedConversation {
  const firstAnswer = chat.findIndex(({ role }) => role === 'assistant');
  const inPrompt = (message: ChatMessage, index: number): boolean => isSystem(message) && (firstAnswer === -1 || index < firstAnswer);
  const system = chat.filter(inPrompt).map((message) => texts(message.content).join('\n'));
  const messages: { role: string; content: BlockParam[] }[] = [];
  for (const message of chat.filter((each, index) => !inPrompt(each, index))) {
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const blocks = toBlocks(message);
    const previous = messages.at(-1);
    if (blocks.length === 0) continue;
    if (previous?.role === role) previous.content.push(...blocks);
    else messages.push({ role, content: blocks });
  }
  for (const message of messages) message.content.sort((one, other) => rank(one) - rank(other));
  const last = messages.at(-1);
  if (last?.role === 'assistant') {
    last.content = last.content.map((block, index) =>
      index === last.content.length - 1 && block.text !== undefined ? { ...block, text: block.text.trimEnd() } : block,
    );
  }
  for (const message of messages) if (message.role === 'assistant') message.content = halved(message.content);
  const joined = system.filter((text) => text.trim() !== '').join('\n\n');
  return { system: joined === '' ? [] : [joined], messages };
}

function halved(blocks: BlockParam[]): BlockParam[] {
  const isNothing = ({ text }: BlockParam): boolean => typeof text === 'string' && text.trim() === '(no content)';
  if (!blocks.every(isNothing)) return blocks;
  return blocks.flatMap(({ text }) =>
    String(text)
      .split(/(?=\))/)
      .map((half) => ({ type: 'text', text: half })),
  );
}

function isSystem(message: ChatMessage): boolean {
  return message.role === 'system' || message.role === 'developer';
}

function toBlocks(message: ChatMessage): BlockParam[] {
  const blocks: BlockParam[] = texts(message.content).flatMap((text) => (text.trim() === '' ? [] : [{ type: 'text', text }]));
  if (message.role === 'tool') return [{ type: 'tool_result', tool_use_id: message.tool_call_id, content: blocks }];
  if (message.role !== 'assistant') return blocks;
  const calls = (message.tool_calls ?? []).map((call): BlockParam => {
    const input: unknown = JSON.parse(call.function.arguments);
    return { type: 'tool_use', id: call.id, name: call.function.name, input };
  });
  return [...blocks, ...calls];
}

function texts(content: ChatMessage['content']): string[] {
  if (content === null || content === undefined) return [];
  return typeof content === 'string' ? [content] : content.map((part) => part.text);
}

function rank(block: BlockParam): number {
  return block.type === 'tool_result' ? 0 : block.type === 'tool_use' ? 2 : 1;
}
