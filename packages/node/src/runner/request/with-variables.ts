import type { ContentBlock, JsonObject, Turn } from '@claude-code-api/gateway';
import { cacheMarksOf, maxMarksBesideOwn } from '@claude-code-api/gateway/runner-kit';
import type { PreparedTurn } from '@claude-code-api/gateway/messages-api';

/**
 * Says how the CLI is to cache, which betas it is to name, and whether it may speak of tools that are found by a search. It marks the end of the
 * messages itself, so that a mark there is left to it; of more marks than there is room for beside its own, the caller's stand alone.
 *
 * @param ownBetas The operator's, as the CLI has them.
 */
export function withVariables(turn: PreparedTurn, ownBetas = ''): PreparedTurn {
  const { atEnd, elsewhere } = cacheMarksOf(turn);
  const marksItself = elsewhere <= maxMarksBesideOwn;
  const isForAnHour = [atEnd, turn.system.at(-1)?.extra?.['cache_control']].some(isHourLong);
  const searchesTools = turn.tools.some(isFound) || turn.messages.some(({ content }) => content.some(needsSearch));
  const betas = [...new Set([...ownBetas.split(','), ...(turn.betas ?? [])].map((name) => name.trim()))].filter(Boolean);
  return {
    ...turn,
    messages: marksItself && atEnd !== undefined ? withoutLastMark(turn.messages) : turn.messages,
    variables: {
      ...(turn.betas !== undefined && { ANTHROPIC_BETAS: betas.join(',') }),
      ...(!marksItself && { DISABLE_PROMPT_CACHING: '1' }),
      ...(marksItself && isForAnHour && { ENABLE_PROMPT_CACHING_1H: '1' }),
      ...(searchesTools && { ENABLE_TOOL_SEARCH: 'true' }),
    },
    searchesTools,
  };
}

function isHourLong(mark: unknown): boolean {
  return typeof mark === 'object' && mark !== null && 'ttl' in mark && mark.ttl === '1h';
}

function withoutLastMark(messages: Turn['messages']): Turn['messages'] {
  return messages.map((message, index) =>
    index === messages.length - 1
      ? { ...message, content: message.content.map((block, at) => (at === message.content.length - 1 ? unmarked(block) : block)) }
      : message,
  );
}

function unmarked(block: ContentBlock): ContentBlock {
  if (block.type === 'other') return { ...block, block: withoutMark(block.block) };
  const { extra: given, ...rest } = block;
  const extra = withoutMark(given ?? {});
  return Object.keys(extra).length > 0 ? { ...rest, extra } : rest;
}

function withoutMark({ cache_control: _mark, ...rest }: JsonObject): JsonObject {
  return rest;
}

/** Whether a tool is one that the model finds by a search, or such a search. */
function isFound({ extra, definition }: Turn['tools'][number]): boolean {
  const type = definition?.['type'];
  return extra?.['defer_loading'] === true || (typeof type === 'string' && type.startsWith('tool_search'));
}

/** The CLI leaves out of a call what it takes for a part of searches, and out of a result the tools that were found. */
function needsSearch(block: ContentBlock): boolean {
  if (block.type === 'tool_use') return block.extra !== undefined;
  return block.type === 'tool_result' && block.content.some((each) => each.type === 'other' && each.block['type'] === 'tool_reference');
}
