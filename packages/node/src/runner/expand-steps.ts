import type { ContentBlock, Message } from '@claude-code-api/gateway';

const lost = 'This did not come to an end.';

/**
 * Puts the steps of earlier answers in the place of what the caller got of them, in the form in which the Messages API takes
 * them: roles alternate, and each call has its result, before anything else that a message says.
 */
export function expandSteps(messages: readonly Message[]): Message[] {
  if (messages.every((message) => message.steps === undefined)) return [...messages];
  const joined: { role: Message['role']; content: ContentBlock[]; model?: string }[] = [];
  for (const { role, content, model } of messages.flatMap((message) => message.steps ?? [message])) {
    const said = content.filter((block) => block.type !== 'text' || /\S/.test(block.text));
    if (said.length === 0) continue;
    const last = joined.at(-1);
    if (last?.role === role) {
      last.content.push(...said);
      if (model !== undefined) last.model ??= model;
    } else joined.push({ role, content: [...said], ...(model !== undefined && { model }) });
  }
  return joined.map((message, index) => (message.role === 'user' ? withAllResults(message, joined[index - 1]) : message));
}

/** A call that was still under way when its turn ended never got its result. */
function withAllResults({ role, content }: Message, before: Message | undefined): Message {
  const results = content.filter((block) => block.type === 'tool_result');
  const known = new Set(results.map((block) => block.tool_use_id));
  const missing = (before?.content ?? []).flatMap((block): ContentBlock[] =>
    block.type === 'tool_use' && !known.has(block.id)
      ? [{ type: 'tool_result', tool_use_id: block.id, content: [{ type: 'text', text: lost }], is_error: true }]
      : [],
  );
  return { role, content: [...results, ...missing, ...content.filter((block) => block.type !== 'tool_result')] };
}
