import type { ChatMessage } from './chat-message.ts';
import { conversations, type Conversation } from './conversations.ts';

/** How it begins or ends is what they are about, or what they take. */
const alone = new Set([
  'one word',
  'an empty message first and last',
  'an empty system message, before all and behind an answer',
  'no text in any part of the last message',
  'whitespace before and after',
  'nothing but a system reminder',
  '1 MB of text, asked and in the history',
  '200 messages, the assistant first',
  'several system and developer messages, some of them late',
  'a system message behind the last answer',
  'a developer message of parts there',
  'empty results',
]);
/** Of those, and of answers that are begun, what the gateway gives to every version of the CLI in the same words as others that are here. */
const likeOthers = new Set([
  'one word',
  'an empty system message, before all and behind an answer',
  'no text in any part of the last message',
  'several system and developer messages, some of them late',
  'a system message behind the last answer',
  'a developer message of parts there',
  'the assistant last, with white space at its end',
  'the assistant last, in parts, with blanks at their end',
]);
const groupSize = 25;

export interface JoinedConversation extends Conversation {
  /** Whether it is several in one. */
  readonly isJoined: boolean;
  /** Whether another version of the CLI might take it in another way. */
  readonly dependsOnCli: boolean;
}

/**
 * All conversations in as few histories as prove the same, since each takes a process of its own: those that need not stand alone are
 * joined, their system prompts first, an answer between two.
 */
export const joinedConversations: readonly JoinedConversation[] = join();

function join(): JoinedConversation[] {
  const isAlone = ({ name, messages }: Conversation): boolean => alone.has(name) || messages.at(-1)?.role === 'assistant';
  const others = conversations.filter((conversation) => !isAlone(conversation));
  const count = Math.ceil(others.length / groupSize);
  // Every so manieth, so that each group has some of all kinds, and another kind at its end.
  const groups = Array.from({ length: count }, (_, index) => others.filter((_conversation, place) => place % count === index));
  const kept = conversations.filter(isAlone).map((conversation) => ({
    ...conversation,
    isJoined: false,
    dependsOnCli: !likeOthers.has(conversation.name),
  }));
  return [...kept, ...groups.map((group) => ({ ...toOne(group), isJoined: true, dependsOnCli: true }))];
}

function toOne(group: readonly Conversation[]): Conversation {
  const prompts: ChatMessage[] = [];
  const messages: ChatMessage[] = [];
  for (const [index, conversation] of group.entries()) {
    const begin = conversation.messages.findIndex(({ role }) => role !== 'system' && role !== 'developer');
    prompts.push(...conversation.messages.slice(0, begin));
    if (index > 0) messages.push({ role: 'assistant', content: 'Next.' });
    messages.push(...conversation.messages.slice(begin).map((message) => withOwnIds(message, index)));
  }
  return { name: group.map(({ name }) => name).join('; '), messages: [...prompts, ...messages] };
}

/** Calls of two conversations may have the same ids; in one they may not. */
function withOwnIds(message: ChatMessage, index: number): ChatMessage {
  if (message.role === 'tool') return { ...message, tool_call_id: `${message.tool_call_id}_${index}` };
  if (message.role !== 'assistant' || message.tool_calls === undefined) return message;
  return { ...message, tool_calls: message.tool_calls.map((call) => ({ ...call, id: `${call.id}_${index}` })) };
}
