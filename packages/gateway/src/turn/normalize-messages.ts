import { type ContentBlock, isThinking, saysSomething } from './content-block.ts';
import type { Message } from './message.ts';

type Draft = { role: Message['role']; content: ContentBlock[]; model?: string; steps?: readonly Message[]; readonly given: Message };

/**
 * Brings messages into the form in which the Messages API takes them: roles alternate (neighbours of one role become one
 * message, block after block, the user's tool results first, the assistant's calls last), blank texts are left out, and so are messages that are then empty, but for
 * those of an agent that said nothing and did something. Nothing that says something is changed, and a message that is in this form already stays the same object.
 */
export function normalizeMessages(messages: readonly Message[]): Message[] {
  const drafts: Draft[] = [];
  for (const given of messages) {
    const { role, model, steps } = given;
    const content = given.content.filter(saysSomething).map(withoutEmptyResultTexts);
    if (content.length === 0 && steps === undefined) continue;
    const next: Draft = { role, content, ...(model !== undefined && { model }), ...(steps !== undefined && { steps }), given };
    const last = drafts.at(-1);
    if (last?.role === role) append(last, next);
    else drafts.push(next);
  }
  return drafts.map(toMessage);
}

function toMessage({ given, ...draft }: Draft): Message {
  const content = draft.role === 'user' ? withToolResultsFirst(draft.content) : withCallsLast(draft.content);
  const isSame = content.length === given.content.length && content.every((block, index) => block === given.content[index]);
  const isPlain = Object.keys(given).length === Object.keys(draft).length;
  return isSame && isPlain && draft.steps === given.steps && draft.model === given.model ? given : { ...draft, content };
}

function append(last: Draft, next: Draft): void {
  // Where an answer has several items, the first has the steps of all.
  if (next.steps !== undefined) last.steps = [...(last.steps ?? toStep(last)), ...next.steps];
  last.content.push(...next.content);
  if (last.model === undefined && next.model !== undefined) last.model = next.model;
}

/** What was said in one step, as that step. */
function toStep({ role, content, model }: Draft): Message[] {
  return [{ role, content: [...content], ...(model !== undefined && { model }) }];
}

/** A result may be empty, but not have an empty text in it. */
function withoutEmptyResultTexts(block: ContentBlock): ContentBlock {
  return block.type !== 'tool_result' || block.content.every(saysSomething)
    ? block
    : { ...block, content: block.content.filter(saysSomething) };
}

/** The API wants the answers to its calls before anything else that the user says. */
function withToolResultsFirst(content: ContentBlock[]): ContentBlock[] {
  const results = content.filter((block) => block.type === 'tool_result');
  if (results.length === 0) return content;
  return [...results, ...content.filter((block) => block.type !== 'tool_result')];
}

/** What some clients tell apart, calls before text. Where Claude thought between them the order is its own, and signed. */
function withCallsLast(content: ContentBlock[]): ContentBlock[] {
  const calls = content.filter((block) => block.type === 'tool_use');
  if (calls.length === 0 || content.some(isThinking)) return content;
  return [...content.filter((block) => block.type !== 'tool_use'), ...calls];
}
