import { badRequest } from '../../../bad-request.ts';
import type { GatewayError } from '../../../gateway-error.ts';
import { checkMediaCount } from '../../../media/check-media-count.ts';
import type { ReadMedia } from '../../../media/create-media-reader.ts';
import type { ContentBlock, TextBlock } from '../../../turn/content-block.ts';
import type { Message } from '../../../turn/message.ts';
import { normalizeMessages } from '../../../turn/normalize-messages.ts';
import { parseCallArguments } from '../../parse-call-arguments.ts';
import { checkArguments } from './check-arguments.ts';
import { checkToolMessages } from './check-tool-messages.ts';
import type { ChatCompletionRequest, ChatMessage } from './request-schema.ts';
import { toContentBlocks } from './to-content-blocks.ts';
import { toPlainChat, type PlainMessage } from './to-plain-chat.ts';
import { withCallIds } from './with-call-ids.ts';
import { withClaudeIds } from './with-claude-ids.ts';
import { withDistinctCalls } from './with-distinct-calls.ts';

export interface ChatContent {
  readonly system: string;
  readonly messages: Message[];
}

/**
 * Turns chat messages into a system prompt and the conversation. The system prompt is that which stands beside the messages, as
 * in the Messages API, and all system and developer messages before the first answer, a blank line between; behind an answer
 * they are what the user says there. When nothing but system messages is there, the last of them is what Claude is asked.
 *
 * @param openCalls The names, by their ids, of calls that the conversation waits for the results of, where these messages go on with it.
 * @throws {GatewayError} 400 when there is nothing to answer, calls and their results do not match, or a picture can't be used.
 */
export async function toMessages(
  request: Pick<ChatCompletionRequest, 'messages' | 'system'>,
  media: ReadMedia,
  openCalls: ReadonlyMap<string, string> = new Map(),
): Promise<ChatContent> {
  const chat = withCheckedCalls(toPlainChat(request.messages), openCalls);
  checkMediaCount(
    chat.map(({ message }) => message.content),
    ['image_url', 'image', 'file'],
    'messages',
  );
  const system: string[] = request.system ? [joinText(request.system)] : [];
  const messages: Message[] = [];
  let isAnswered = false;
  for (const plain of chat) {
    const { message } = plain;
    isAnswered ||= message.role === 'assistant';
    if (isSystemMessage(message) && !isAnswered) system.push(joinText(message.content));
    else if (message.role === 'user' && typeof message.content === 'string')
      messages.push({ role: 'user', content: [{ type: 'text', text: message.content }] });
    else messages.push(await toMessage(plain, media));
  }
  const normalized = normalizeMessages(messages);
  if (normalized.length === 0) {
    const question = messages.length === 0 ? system.pop() : undefined;
    if (question === undefined || question.trim() === '')
      throw invalid('messages', 'all messages are empty. Send at least one message with text.');
    normalized.push({ role: 'user', content: [{ type: 'text', text: question }] });
  }
  return { system: system.filter((text) => text.trim() !== '').join('\n\n'), messages: withBegunAnswer(normalized, request.messages) };
}

/** An answer is begun by the assistant's message at the end, and by nothing else. Claude takes none that ends in white space. */
function withBegunAnswer(messages: readonly Message[], chat: readonly ChatMessage[]): Message[] {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return [...messages];
  const end = chat.length - 1;
  if (chat[end]?.role !== 'assistant')
    throw invalid(`messages[${end}].content`, 'the last message is empty, and Claude needs one that says something.');
  const content = last.content.map((block, index) =>
    block.type === 'text' && index === last.content.length - 1 ? { ...block, text: block.text.trimEnd() } : block,
  );
  return [...messages.slice(0, -1), { ...last, content }];
}

function withCheckedCalls(chat: readonly PlainMessage[], openCalls: ReadonlyMap<string, string>): readonly PlainMessage[] {
  if (openCalls.size === 0 && !chat.some(({ message }) => hasCalls(message))) return chat;
  // Who brings answers brings the calls in them too.
  const earlier = chat.some(({ message }) => message.role === 'assistant') ? new Map<string, string>() : openCalls;
  const named = withCallIds(
    chat.map(({ message }) => message),
    earlier,
  );
  checkArguments(chat);
  const identified = withDistinctCalls(named, earlier.keys());
  checkToolMessages(identified, earlier.keys(), chat);
  return withClaudeIds(identified).map((message, at) => ({ index: at, ...chat[at], message }));
}

function hasCalls(message: ChatMessage): boolean {
  return (
    message.role === 'tool' ||
    message.role === 'function' ||
    (message.role === 'assistant' && Boolean(message.tool_calls ?? message.function_call))
  );
}

type SystemMessage = Extract<ChatMessage, { role: 'system' | 'developer' }>;

function isSystemMessage(message: ChatMessage): message is SystemMessage {
  return message.role === 'system' || message.role === 'developer';
}

async function toMessage({ message, index, parts }: PlainMessage, media: ReadMedia): Promise<Message> {
  const place = `messages[${index}].content`;
  switch (message.role) {
    case 'system':
    case 'developer':
    case 'user':
      return { role: 'user', content: await toContentBlocks(message.content, place, media, parts) };
    case 'assistant':
      return { role: 'assistant', content: toAssistantBlocks(message) };
    case 'tool': {
      const content = await toContentBlocks(message.content, parts === undefined ? place : `${place}[${parts.join()}].content`, media);
      const isError = message.is_error === true ? { is_error: true } : {};
      return { role: 'user', content: [{ type: 'tool_result', tool_use_id: message.tool_call_id, content, ...isError }] };
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

function toSaid({ content, refusal }: Extract<ChatMessage, { role: 'assistant' }>): TextBlock[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  const blocks = (content ?? []).flatMap((part): TextBlock[] => {
    if (part.type === 'text' || part.type === 'output_text') return [{ type: 'text', text: part.text }];
    return part.type === 'refusal' ? [{ type: 'text', text: part.refusal }] : [];
  });
  return blocks.length === 0 && typeof refusal === 'string' ? [{ type: 'text', text: refusal }] : blocks;
}

function joinText(content: string | readonly { text: string }[]): string {
  return typeof content === 'string' ? content : content.map((part) => part.text).join('\n');
}

function invalid(param: string, why: string): GatewayError {
  return badRequest(`Invalid value for '${param}': ${why}`, param);
}
