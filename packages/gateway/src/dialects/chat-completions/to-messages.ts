import { GatewayError } from '../../gateway-error.ts';
import { checkMediaCount } from '../../media/check-media-count.ts';
import type { ReadMedia } from '../../media/create-media-reader.ts';
import type { ContentBlock, TextBlock } from '../../turn/content-block.ts';
import type { Message } from '../../turn/message.ts';
import { normalizeMessages } from '../../turn/normalize-messages.ts';
import { parseCallArguments } from '../parse-call-arguments.ts';
import { checkToolMessages } from './check-tool-messages.ts';
import type { ChatMessage } from './request-schema.ts';
import { toContentBlocks } from './to-content-blocks.ts';
import { withCallIds } from './with-call-ids.ts';
import { withClaudeIds } from './with-claude-ids.ts';
import { withDistinctCalls } from './with-distinct-calls.ts';

export interface ChatContent {
  readonly system: string;
  readonly messages: Message[];
}

/**
 * Turns chat messages into a system prompt (all system and developer messages, a blank line between) and the conversation.
 * When nothing but system messages is there, the last of them is what Claude is asked.
 *
 * @param openCalls The names, by their ids, of calls that the conversation waits for the results of, where these messages go on with it.
 * @throws {GatewayError} 400 when there is nothing to answer, calls and their results do not match, or a picture can't be used.
 */
export async function toMessages(
  chat: readonly ChatMessage[],
  media: ReadMedia,
  openCalls: ReadonlyMap<string, string> = new Map(),
): Promise<ChatContent> {
  const identified = openCalls.size > 0 || chat.some(hasCalls) ? withCheckedCalls(chat, openCalls) : chat;
  checkMediaCount(
    chat.map(({ content }) => content),
    ['image_url', 'file'],
    'messages',
  );
  const system: string[] = [];
  const messages: Message[] = [];
  for (const [index, message] of identified.entries()) {
    if (isSystemMessage(message)) system.push(joinText(message.content));
    else if (message.role === 'user' && typeof message.content === 'string')
      messages.push({ role: 'user', content: [{ type: 'text', text: message.content }] });
    else messages.push(await toMessage(message, index, media));
  }
  const normalized = normalizeMessages(messages);
  if (normalized.length === 0) {
    const question = messages.length === 0 ? system.pop() : undefined;
    if (question === undefined || question.trim() === '')
      throw invalid('messages', 'all messages are empty. Send at least one message with text.');
    normalized.push({ role: 'user', content: [{ type: 'text', text: question }] });
  }
  return { system: system.filter((text) => text.trim() !== '').join('\n\n'), messages: normalized };
}

function hasCalls(message: ChatMessage): boolean {
  return (
    message.role === 'tool' ||
    message.role === 'function' ||
    (message.role === 'assistant' && Boolean(message.tool_calls ?? message.function_call))
  );
}

function withCheckedCalls(chat: readonly ChatMessage[], openCalls: ReadonlyMap<string, string>): ChatMessage[] {
  // Who brings answers brings the calls in them too.
  const earlier = chat.some((message) => message.role === 'assistant') ? new Map<string, string>() : openCalls;
  const identified = withDistinctCalls(withCallIds(chat, earlier), earlier.keys());
  checkToolMessages(identified, earlier.keys());
  return withClaudeIds(identified);
}

type SystemMessage = Extract<ChatMessage, { role: 'system' | 'developer' }>;

function isSystemMessage(message: ChatMessage): message is SystemMessage {
  return message.role === 'system' || message.role === 'developer';
}

async function toMessage(message: Exclude<ChatMessage, SystemMessage>, index: number, media: ReadMedia): Promise<Message> {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: await toContentBlocks(message.content, `messages[${index}].content`, media) };
    case 'assistant':
      return { role: 'assistant', content: toAssistantBlocks(message) };
    case 'tool': {
      const content = await toContentBlocks(message.content, `messages[${index}].content`, media);
      return { role: 'user', content: [{ type: 'tool_result', tool_use_id: message.tool_call_id, content }] };
    }
    case 'function':
      throw invalid(`messages[${index}]`, "a message with role 'function' must follow a message with 'function_call'.");
  }
}

function toAssistantBlocks(message: Extract<ChatMessage, { role: 'assistant' }>): ContentBlock[] {
  const blocks: ContentBlock[] = toSaid(message);
  for (const call of message.tool_calls ?? []) {
    blocks.push({ type: 'tool_use', id: call.id, name: call.function.name, ...parseCallArguments(call.function.arguments) });
  }
  return blocks;
}

function toSaid(message: Extract<ChatMessage, { role: 'assistant' }>): TextBlock[] {
  if (typeof message.content === 'string') return [{ type: 'text', text: message.content }];
  const texts = (message.content ?? []).map((part) =>
    part.type === 'text' ? part['text'] : part.type === 'refusal' ? part['refusal'] : undefined,
  );
  const blocks = texts.flatMap((text): TextBlock[] => (typeof text === 'string' ? [{ type: 'text', text }] : []));
  return blocks.length === 0 && typeof message.refusal === 'string' ? [{ type: 'text', text: message.refusal }] : blocks;
}

function joinText(content: string | readonly { text: string }[]): string {
  return typeof content === 'string' ? content : content.map((part) => part.text).join('\n');
}

function invalid(param: string, why: string): GatewayError {
  return new GatewayError(`Invalid value for '${param}': ${why}`, {
    status: 400,
    type: 'invalid_request_error',
    code: 'invalid_value',
    param,
  });
}
