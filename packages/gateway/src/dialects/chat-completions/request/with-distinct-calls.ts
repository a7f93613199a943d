import type { ChatMessage } from './request-schema.ts';

/** The calls of one message that wait for their results. */
interface OpenCalls {
  /** The result's own call: of an id that several have the next one, of an empty one the first that is still open. */
  answeredBy(given: string): string;
}

/**
 * Gives calls whose ids are empty, or stand twice in a message, ids made of their place, and their results the same: their order tells which is
 * whose.
 *
 * @param earlier The ids of calls before these messages that are still to be answered.
 */
export function withDistinctCalls(chat: readonly ChatMessage[], earlier: Iterable<string> = []): ChatMessage[] {
  let open = openCalls([...earlier], [...earlier]);
  return chat.map((message, index): ChatMessage => {
    if (message.role === 'tool') return { ...message, tool_call_id: open.answeredBy(message.tool_call_id) };
    if (message.role !== 'assistant' || !message.tool_calls) return message;
    const given = message.tool_calls.map(({ id }) => id);
    const own = ownIds(given, index);
    open = openCalls(given, own);
    return { ...message, tool_calls: message.tool_calls.map((call, place) => ({ ...call, id: own[place] ?? call.id })) };
  });
}

function ownIds(given: readonly string[], index: number): string[] {
  const seen = new Set<string>();
  const twice = new Set(given.filter((id) => seen.size === seen.add(id).size));
  return given.map((id, place) => (id === '' || twice.has(id) ? `call_${index}_${place}` : id));
}

function openCalls(given: readonly string[], own: readonly string[]): OpenCalls {
  const answered = new Set<string>();
  const byGiven = new Map<string, string[]>();
  for (const [place, id] of own.entries()) {
    const name = given[place] ?? id;
    const others = byGiven.get(name);
    if (others === undefined) byGiven.set(name, [id]);
    else others.push(id);
  }
  /** Where the first open call of an id stands in its list. */
  const firsts = new Map<string, number>();

  function firstOf(ids: readonly string[], name: string): string | undefined {
    let at = firsts.get(name) ?? 0;
    while (at < ids.length && answered.has(ids[at] ?? '')) at += 1;
    firsts.set(name, at);
    return ids[at];
  }

  return {
    answeredBy(id) {
      const found = firstOf(id === '' ? own : (byGiven.get(id) ?? []), id) ?? id;
      answered.add(found);
      return found;
    },
  };
}
