import { GatewayError } from '../../gateway-error.ts';
import type { ContentBlock, TextBlock, ToolUseBlock } from '../../turn/content-block.ts';
import type { Message } from '../../turn/message.ts';
import { normalizeMessages } from '../../turn/normalize-messages.ts';
import { checkToolMessages } from './check-tool-messages.ts';
import type { ChatMessage } from './request-schema.ts';

export interface Conversation {
  readonly system: string;
  readonly messages: Message[];
}

/**
 * Turns chat messages into a system prompt (all system and developer messages, a blank line between) and the conversation.
 * When nothing but system messages is there, the last of them is what Claude is asked.
 *
 * @throws {GatewayError} 400 when there is nothing to answer, or calls and their results do not match.
 */
export function toMessages(chat: readonly ChatMessage[]): Conversation {
  checkToolMessages(chat);
  const system: string[] = [];
  const messages: Message[] = [];
  for (const [index, message] of chat.entries()) {
    if (isSystemMessage(message)) system.push(joinText(message.content));
    else messages.push(toMessage(message, index));
  }
  const normalized = normalizeMessages(messages);
  if (normalized.length === 0) {
    const question = messages.length === 0 ? system.pop() : undefined;
    if (question === undefined || question === '') throw nothingToAnswer();
    normalized.push({ role: 'user', content: [{ type: 'text', text: question }] });
  }
  return { system: system.filter((text) => text !== '').join('\n\n'), messages: normalized };
}

type SystemMessage = Extract<ChatMessage, { role: 'system' | 'developer' }>;

function isSystemMessage(message: ChatMessage): message is SystemMessage {
  return message.role === 'system' || message.role === 'developer';
}

function toMessage(message: Exclude<ChatMessage, SystemMessage>, index: number): Message {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: toTextBlocks(message.content) };
    case 'assistant':
      return { role: 'assistant', content: toAssistantBlocks(message, index) };
    case 'tool':
      return {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: message.tool_call_id, content: toTextBlocks(message.content) }],
      };
  }
}

function toAssistantBlocks(message: Extract<ChatMessage, { role: 'assistant' }>, index: number): ContentBlock[] {
  const blocks: ContentBlock[] = [];
  if (typeof message.content === 'string') blocks.push({ type: 'text', text: message.content });
  for (const part of Array.isArray(message.content) ? message.content : []) {
    const text = part.type === 'text' ? part['text'] : part.type === 'refusal' ? part['refusal'] : undefined;
    if (typeof text === 'string') blocks.push({ type: 'text', text });
  }
  if (blocks.length === 0 && typeof message.refusal === 'string') blocks.push({ type: 'text', text: message.refusal });
  for (const [callIndex, call] of (message.tool_calls ?? []).entries()) {
    blocks.push(toToolUse(call.id, call.function, `messages[${index}].tool_calls[${callIndex}].function.arguments`));
  }
  return blocks;
}

function toToolUse(id: string, call: { name: string; arguments: string }, param: string): ToolUseBlock {
  return { type: 'tool_use', id, name: call.name, input: parseArguments(call.arguments, param) };
}

/** Arguments are a JSON object in a string; an empty string stands for no arguments. */
function parseArguments(text: string, param: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Answered below: text that is no JSON and JSON that is no object are the same mistake.
  }
  throw new GatewayError(`Invalid value for '${param}': expected a JSON object in a string.`, {
    status: 400,
    type: 'invalid_request_error',
    code: 'invalid_value',
    param,
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toTextBlocks(content: string | readonly { text: string }[]): TextBlock[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part) => ({ type: 'text', text: part.text }));
}

function joinText(content: string | readonly { text: string }[]): string {
  return typeof content === 'string' ? content : content.map((part) => part.text).join('\n');
}

function nothingToAnswer(): GatewayError {
  return new GatewayError("Invalid value for 'messages': all messages are empty. Send at least one message with text.", {
    status: 400,
    type: 'invalid_request_error',
    code: 'invalid_value',
    param: 'messages',
  });
}
