import { normalizeMessages, type ContentBlock, type Message } from '@claude-code-api/gateway';

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
