import { isThinking } from './is-thinking.ts';
import type { Message } from './message.ts';

/**
 * A message in a form that is the same however a caller brings it back. It gets an answer as one text and its calls, however
 * many blocks it had, and without the thinking and blank texts; and it may write the arguments of a call anew.
 */
export function canonicalMessage(message: Message): unknown {
  if (message.role === 'user') return { role: 'user', content: sortKeys(message.content) };
  const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  const others = message.content
    .filter((block) => block.type !== 'text' && !isThinking(block))
    .map((block) => ({ ...block, json: undefined }));
  return { role: 'assistant', text: /\S/.test(text) ? text : '', others: sortKeys(others) };
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, each]) => [key, sortKeys(each)]),
  );
}
