import type { JsonObject } from './tool.ts';

/** Where a caller wants the prompt to be cached, in the API's own marks (`cache_control`), but for those of the system prompt. */
export interface CacheMarks {
  /** The mark of the last block of the last message. */
  readonly atEnd: JsonObject | undefined;
  /** How many others there are. */
  readonly elsewhere: number;
}

interface Marked {
  readonly extra?: JsonObject;
  /** The content of a tool's result. */
  readonly content?: unknown;
  /** The block that is only passed on. */
  readonly block?: JsonObject;
}

/**
 * The most marks elsewhere beside which the CLI sets its own: the API takes four, and the CLI sets three, in the system prompt and at the end of
 * the messages. With more it sets none.
 */
export const maxMarksBesideOwn = 1;

/** Finds the cache marks of a turn, or of a request for one. */
export function cacheMarksOf(turn: {
  readonly messages: readonly { readonly content: readonly object[] }[];
  readonly tools: readonly Marked[];
  readonly extra?: JsonObject;
}): CacheMarks {
  const end: Marked | undefined = turn.messages.at(-1)?.content.at(-1);
  const atEnd = end && markOf(end);
  const all = [...turn.messages.flatMap(({ content }) => content), ...turn.tools, { extra: turn.extra }].reduce(
    (sum: number, each: Marked) => sum + marksIn(each),
    0,
  );
  return { atEnd, elsewhere: all - (atEnd === undefined ? 0 : 1) };
}

function marksIn(block: Marked): number {
  const within: readonly Marked[] = Array.isArray(block.content) ? block.content : [];
  return (markOf(block) === undefined ? 0 : 1) + within.reduce((sum, each) => sum + marksIn(each), 0);
}

function markOf({ extra, block }: Marked): JsonObject | undefined {
  const mark = (extra ?? block)?.['cache_control'];
  return typeof mark === 'object' && mark !== null ? { ...mark } : undefined;
}
