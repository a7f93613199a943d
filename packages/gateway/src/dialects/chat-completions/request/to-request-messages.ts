import type { OpenBlock, OpenMessage } from '../../../engine/turn-request.ts';
import type { TextBlock } from '../../../turn/content-block.ts';
import { parseCallArguments } from '../../parse-call-arguments.ts';
import { checkArguments } from './check-arguments.ts';
import type { ChatMessage } from './request-schema.ts';
import { toContentBlocks } from './to-content-blocks.ts';
import { toPlainChat, type PlainMessage } from './to-plain-chat.ts';

/**
 * Says chat messages in neutral terms, each with its place in the request.
 *
 * @throws {GatewayError} 400 for a part that can't be used, and for arguments of too many values.
 */
export function toRequestMessages(chat: readonly ChatMessage[]): OpenMessage[] {
  const plain = toPlainChat(chat);
  checkArguments(plain);
  return plain.map(toMessage);
}

function toMessage({ message, index, parts }: PlainMessage): OpenMessage {
  const place = `messages[${index}]`;
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', content: toContentBlocks(message.content, `${place}.content`), place };
    case 'user':
      return { role: 'user', content: toContentBlocks(message.content, `${place}.content`, parts), place };
    case 'assistant':
      return { role: 'assistant', content: toAssistantBlocks(message), place };
    case 'tool': {
      const part = parts === undefined ? place : `${place}.content[${parts.join()}]`;
      const isError = message.is_error === true ? { is_error: true } : {};
      const content = toContentBlocks(message.content, `${part}.content`);
      const id = { tool_use_id: message.tool_call_id, place: `${part}.${parts === undefined ? 'tool_call_id' : 'tool_use_id'}` };
      return { role: 'user', content: [{ type: 'tool_result', ...id, content, ...isError }], place };
    }
    case 'function': {
      const content = toContentBlocks(message.content ?? '', `${place}.content`);
      return { role: 'user', content: [{ type: 'tool_result', tool_use_id: '', name: message.name, content, place }], place };
    }
  }
}

function toAssistantBlocks(message: Extract<ChatMessage, { role: 'assistant' }>): OpenBlock[] {
  const blocks: OpenBlock[] = toSaid(message);
  for (const call of message.tool_calls ?? []) {
    blocks.push({ type: 'tool_use', id: call.id, name: call.function.name, ...parseCallArguments(call.function.arguments) });
  }
  return blocks;
}

function toSaid({ content, refusal }: Extract<ChatMessage, { role: 'assistant' }>): TextBlock[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  const blocks = (content ?? []).flatMap((part): TextBlock[] => {
    if (part.type === 'text' || part.type === 'output_text') return [{ type: 'text', text: part.text }];
    return part.type === 'refusal' ? [{ type: 'text', text: part.refusal }] : [];
  });
  return blocks.length === 0 && typeof refusal === 'string' ? [{ type: 'text', text: refusal }] : blocks;
}
