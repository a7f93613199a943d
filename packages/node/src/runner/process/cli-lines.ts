import { randomUUID } from 'node:crypto';
import type { ContentBlock, Message } from '@claude-code-api/gateway';
import { toAssistantMessage } from '../response/to-assistant-message.ts';

/** A user message on its way into the CLI; without `query` it is only appended. */
export function userLine(content: readonly ContentBlock[], query: boolean): object {
  return {
    type: 'user',
    message: { role: 'user', content },
    parent_tool_use_id: null,
    session_id: '',
    uuid: randomUUID(),
    // `@path` and `/command` are the caller's words, not orders to the CLI.
    client_composed: true,
    ...(!query && { shouldQuery: false }),
  };
}

/** An earlier answer on its way into the CLI. */
export function assistantLine(uuid: string, message: Message): object {
  return { type: 'assistant', uuid, parent_tool_use_id: null, session_id: '', message: toAssistantMessage(uuid, message) };
}
