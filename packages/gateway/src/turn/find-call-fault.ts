/** What is wrong with the calls of a history and their results. */
export type CallFault =
  /** Calls that no result follows, right after them. */
  | { readonly type: 'unanswered'; readonly ids: readonly string[]; readonly isAtEnd: boolean; readonly place?: string }
  /** A result for no open call; it may name a tool in place of an id, which is empty then. */
  | { readonly type: 'unexpected'; readonly id: string; readonly name?: string; readonly place?: string }
  /** Two calls of one message have this id. */
  | { readonly type: 'twice'; readonly id: string; readonly place?: string };

interface CallingMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: readonly CallingBlock[];
  readonly place?: string;
}

type CallingBlock =
  | { readonly type: 'tool_use'; readonly id: string }
  | { readonly type: 'tool_result'; readonly tool_use_id: string; readonly name?: string | undefined; readonly place?: string }
  | { readonly type: 'text' | 'image' | 'document' | 'media' | 'thinking' | 'redacted_thinking' | 'other' };

export interface CallFaultOptions {
  /** The ids of calls before these messages that are still to be answered. Default: none. */
  readonly earlier?: Iterable<string>;
  /** Whether the results of the last calls may still be to come. Default: false. */
  readonly mayWait?: boolean;
}

/**
 * Finds the first fault: every call must be answered right after its message, once, and nothing else. Undefined for none. What results say
 * may be spread over several messages, with system messages between.
 *
 * @returns The fault, with the place of the message or result where it shows; of calls unanswered at the end, that of the last message.
 */
export function findCallFault(
  messages: readonly CallingMessage[],
  { earlier = [], mayWait }: CallFaultOptions = {},
): CallFault | undefined {
  let open = new Set(earlier);
  for (const [index, { role, content, place }] of messages.entries()) {
    if (role === 'system') continue;
    const results = content.filter((block) => block.type === 'tool_result');
    for (const { tool_use_id: id, ...result } of results) {
      if (!open.delete(id))
        return { type: 'unexpected', id, ...placed(result.place), ...(result.name !== undefined && { name: result.name }) };
    }
    if (results.length > 0 && results.length === content.length) continue;
    const isLast = index === messages.length - 1;
    if (open.size > 0 && !(mayWait === true && isLast)) return { type: 'unanswered', ids: [...open], isAtEnd: false, ...placed(place) };
    open = new Set();
    for (const block of content) {
      if (block.type !== 'tool_use') continue;
      if (open.has(block.id)) return { type: 'twice', id: block.id, ...placed(place) };
      open.add(block.id);
    }
  }
  if (open.size === 0 || mayWait === true) return undefined;
  return { type: 'unanswered', ids: [...open], isAtEnd: true, ...placed(messages.at(-1)?.place) };
}

function placed(place: string | undefined): { readonly place?: string } {
  return place === undefined ? {} : { place };
}
