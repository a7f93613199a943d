import { hash } from 'node:crypto';
import type { ContentBlock, Message, Turn } from '@claude-code-api/gateway';
import { cacheMarksOf, identifyingMessage, normalizeMessages } from '@claude-code-api/gateway/runner-kit';
import type { PreparedTurn } from '@claude-code-api/gateway/messages-api';
import { toSystemPrompt } from '../request/turn-for-cli.ts';

/** What a process is known by before its turn and after it. */
export interface SessionDigests {
  /** The digest of everything before the turn's last message; undefined when there is nothing to continue. */
  readonly before: string | undefined;
  /** The digest of the whole history once `answer` has been added to it. */
  after(answer: readonly ContentBlock[]): string;
}

/**
 * Digests of a conversation: equal only for the same tenant, model, system prompt, tools, variables and messages, block for block. A
 * process whose history has a digest may serve whoever asks with a history of the same digest. `scope` is what else must be equal.
 */
export function digestSession(turn: PreparedTurn, scope: readonly string[] = []): SessionDigests {
  const head = JSON.stringify([turn.tenant, turn.model, toSystemPrompt(turn.system), turn.tools, turn.variables ?? {}, ...scope]);
  const known = turn.messageDigests;
  const digests = turn.messages.map((message, index) => (known?.[index] ?? digestOf(message)) + marksOf(message));
  const isFollowUp = turn.messages.length > 1 && turn.messages.at(-1)?.role === 'user';
  return {
    before: isFollowUp ? hash('sha256', head + digests.slice(0, -1).join(''), 'base64') : undefined,
    after: (answer) => hash('sha256', head + digests.join('') + digestOf({ role: 'assistant', content: answer }), 'base64'),
  };
}

/** A process keeps the cache marks that it was given, and the API takes four of them. */
function marksOf(message: Message): string {
  const { atEnd, elsewhere } = cacheMarksOf({ messages: [message], tools: [] });
  return atEnd === undefined && elsewhere === 0 ? '' : JSON.stringify([elsewhere, atEnd]);
}

function digestOf(message: Message): string {
  return hash('sha256', JSON.stringify(identifyingMessage(message)));
}

/**
 * Leaves at most so many of the newest messages before a turn's last. What remains begins with a question, so that no call is
 * parted from its result; and all that belongs to the turn under way remains, even where that is more.
 */
export function cutHistory(turn: PreparedTurn, maxMessages: number): PreparedTurn {
  const earliest = turn.messages.length - 1 - maxMessages;
  if (earliest <= 0) return turn;
  const fitting = turn.messages.findIndex((message, index) => index >= earliest && isQuestion(message));
  const start = fitting === -1 ? turn.messages.findLastIndex(isQuestion) : fitting;
  return start <= 0 ? turn : { ...turn, messages: turn.messages.slice(start) };
}

function isQuestion(message: Message): boolean {
  return message.role === 'user' && message.content.every((block) => block.type !== 'tool_result');
}

/**
 * Names the model of answers in full that are said to be of the model that is asked: the CLI takes no thinking for that of a model that
 * it knows by another name.
 */
export function withFullNames(turn: PreparedTurn, fullName: (alias: string) => string | undefined): PreparedTurn {
  const { model, messages } = turn;
  if (!messages.some((message) => message.model === model)) return turn;
  const name = (fullName(model) ?? model).replace(/\[1m\]$/, '');
  return { ...turn, messages: messages.map((message) => (message.model === model ? { ...message, model: name } : message)) };
}

const lost = 'This did not come to an end.';

/** Puts the steps of earlier answers in the place of what the caller got of them. Each call has its result then. */
export function expandSteps(messages: readonly Message[]): Message[] {
  if (messages.every((message) => message.steps === undefined)) return [...messages];
  const expanded = normalizeMessages(messages.flatMap((message) => message.steps ?? [message]));
  return expanded.map((message, index) => (message.role === 'user' ? withAllResults(message, expanded[index - 1]) : message));
}

/** A call that was still under way when its turn ended never got its result. */
function withAllResults({ role, content }: Message, before: Message | undefined): Message {
  const known = new Set(content.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : [])));
  const missing = (before?.content ?? []).flatMap((block): ContentBlock[] =>
    block.type === 'tool_use' && !known.has(block.id)
      ? [{ type: 'tool_result', tool_use_id: block.id, content: [{ type: 'text', text: lost }], is_error: true }]
      : [],
  );
  const isResult = (block: ContentBlock): boolean => block.type === 'tool_result';
  return { role, content: [...content.filter(isResult), ...missing, ...content.filter((block) => !isResult(block))] };
}

/** An empty user line asks the model to go on from the history as it is: so an assistant's message at the end stays one. */
export function lastUserContent(turn: Turn): readonly ContentBlock[] {
  const last = turn.messages.at(-1);
  return last?.role === 'user' ? last.content : [];
}
