import type { ContentBlock } from './content-block.ts';
import type { Message } from './message.ts';

/**
 * Brings messages into the form in which the Messages API takes them: roles alternate (neighbours of one role become one
 * message, block after block, tool results first), blank texts are left out, and so are messages that are then empty.
 * Nothing that says something is changed.
 */
export function normalizeMessages(messages: readonly Message[]): Message[] {
  const result: { role: Message['role']; content: ContentBlock[]; model?: string }[] = [];
  for (const message of messages) {
    const content = message.content.filter(saysSomething).map(withoutEmptyResultTexts);
    if (content.length === 0) continue;
    const last = result.at(-1);
    if (last?.role === message.role) {
      last.content.push(...content);
      if (last.model === undefined && message.model !== undefined) last.model = message.model;
    } else result.push({ role: message.role, content, ...(message.model !== undefined && { model: message.model }) });
  }
  for (const message of result) {
    if (message.role === 'user') message.content = withToolResultsFirst(message.content);
  }
  return result;
}

/** The API refuses a text of nothing but whitespace, and the CLI would write words of its own in its place. */
function saysSomething(block: ContentBlock): boolean {
  return block.type !== 'text' || /\S/.test(block.text);
}

/** A result may be empty, but not have an empty text in it. */
function withoutEmptyResultTexts(block: ContentBlock): ContentBlock {
  return block.type === 'tool_result' ? { ...block, content: block.content.filter(saysSomething) } : block;
}

/** The API wants the answers to its calls before anything else that the user says. */
function withToolResultsFirst(content: ContentBlock[]): ContentBlock[] {
  const results = content.filter((block) => block.type === 'tool_result');
  if (results.length === 0) return content;
  return [...results, ...content.filter((block) => block.type !== 'tool_result')];
}
