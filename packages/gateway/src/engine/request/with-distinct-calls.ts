import type { OpenBlock, OpenMessage, RequestResult } from '../turn-request.ts';

interface Call {
  readonly id: string;
  readonly name: string;
}

/** The calls of one message that wait for their results. */
interface OpenCalls {
  /** The id of a result's own call: of an id that several have the next one, of an empty one the first that is still open, of that tool if it names one. */
  answeredBy(result: RequestResult): string;
}

/**
 * Gives calls whose ids are empty, or stand twice in a message, ids made of their place, and their results the same: their order tells which is
 * whose.
 *
 * @param earlier Calls before these messages that are still to be answered: their names by their ids.
 */
export function withDistinctCalls(messages: readonly OpenMessage[], earlier: ReadonlyMap<string, string>): OpenMessage[] {
  const before = [...earlier].map(([id, name]) => ({ id, name }));
  let open = openCalls(
    before,
    before.map(({ id }) => id),
  );
  return messages.map((message, index): OpenMessage => {
    const given = message.content.filter((block) => block.type === 'tool_use');
    const answered = message.content.some((block) => block.type === 'tool_result');
    if (given.length === 0 && !answered) return message;
    const own = ownIds(given, index);
    let place = -1;
    const content = message.content.map((block): OpenBlock => {
      if (block.type === 'tool_result') return { ...block, tool_use_id: open.answeredBy(block) };
      if (block.type !== 'tool_use') return block;
      place += 1;
      return { ...block, id: own[place] ?? block.id };
    });
    if (given.length > 0) open = openCalls(given, own);
    return { ...message, content };
  });
}

function ownIds(given: readonly Call[], index: number): string[] {
  const seen = new Set<string>();
  const twice = new Set(given.flatMap(({ id }) => (seen.size === seen.add(id).size ? [id] : [])));
  return given.map(({ id }, place) => (id === '' || twice.has(id) ? `call_${index}_${place}` : id));
}

function openCalls(given: readonly Call[], own: readonly string[]): OpenCalls {
  const answered = new Set<string>();
  const byGiven = new Map<string, string[]>();
  const byName = new Map<string, string[]>();
  for (const [place, { id, name }] of given.entries()) {
    for (const [ids, key] of [[byGiven, id] as const, [byName, name] as const]) {
      const others = ids.get(key);
      if (others === undefined) ids.set(key, [own[place] ?? id]);
      else others.push(own[place] ?? id);
    }
  }
  /** How many of each list are answered from its beginning on. */
  const firsts = new Map<readonly string[], number>();

  function firstOf(ids: readonly string[]): string | undefined {
    let at = firsts.get(ids) ?? 0;
    while (at < ids.length && answered.has(ids[at] ?? '')) at += 1;
    firsts.set(ids, at);
    return ids[at];
  }

  return {
    answeredBy({ tool_use_id: id, name }) {
      const named = name === undefined ? own : (byName.get(name) ?? []);
      const found = firstOf(id === '' ? named : (byGiven.get(id) ?? [])) ?? id;
      answered.add(found);
      return found;
    },
  };
}
