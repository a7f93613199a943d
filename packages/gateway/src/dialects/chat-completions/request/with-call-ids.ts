import type { ChatMessage } from './request-schema.ts';

/**
 * Writes the older `function_call` and its `function` message as a tool call and its result, with an id made of its place.
 *
 * @param earlier Calls before these messages that are still to be answered: their names by their ids.
 */
export function withCallIds(chat: readonly ChatMessage[], earlier: ReadonlyMap<string, string> = new Map()): ChatMessage[] {
  return chat.map((message, index): ChatMessage => {
    if (message.role === 'assistant' && message.function_call && !message.tool_calls) {
      return { ...message, tool_calls: [{ id: idOf(index), function: message.function_call }] };
    }
    const before = chat[index - 1];
    if (message.role === 'function' && before?.role === 'assistant' && before.function_call) {
      return { role: 'tool', tool_call_id: idOf(index - 1), content: message.content ?? '' };
    }
    const [open] = [...earlier].find(([, name]) => message.role === 'function' && message.name === name) ?? [];
    if (message.role === 'function' && open !== undefined) return { role: 'tool', tool_call_id: open, content: message.content ?? '' };
    return message;
  });
}

function idOf(index: number): string {
  return `call_function_${index}`;
}
