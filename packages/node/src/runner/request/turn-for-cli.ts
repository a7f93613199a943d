import type { ContentBlock, JsonObject, TextBlock, Turn } from '@claude-code-api/gateway';
import { cacheMarksOf, maxMarksBesideOwn, systemText } from '@claude-code-api/gateway/runner-kit';
import { type PreparedTurn, toRequestBody } from '@claude-code-api/gateway/messages-api';
import { createHash } from 'node:crypto';

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

export interface FlagSettings {
  readonly model: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What a turn asks for, as settings that a running CLI takes; with `ownTools` those of an agent. Parameters travel in the body of the API request itself. */
export function toFlagSettings(turn: PreparedTurn, options: { readonly ownTools?: boolean } = {}): FlagSettings {
  const { tools, ...body } = toRequestBody(turn);
  // An agent has tools of its own beside the caller's, all of which the CLI lists.
  const isListed = tools !== undefined && options.ownTools !== true;
  return {
    model: turn.model,
    env: {
      ...turn.variables,
      CLAUDE_CODE_EXTRA_BODY: JSON.stringify({ ...body, ...(isListed && { tools }) }),
      // Beside what the CLI says of itself there, not in its place.
      CLAUDE_CODE_EXTRA_METADATA: JSON.stringify(turn.endUser === undefined ? {} : { end_user: toEndUser(turn.endUser) }),
    },
  };
}

/** The API takes 256 characters, as JSON, of which the CLI needs 200 for what it says beside. */
const maxCharacters = 48;
const hashCharacters = 32;

/**
 * What Anthropic is told of who asks: the caller's own text, or, where that is too long or has an e-mail address in it, which the API
 * refuses, the beginning of its SHA-256.
 */
export function toEndUser(user: string): string {
  const isTaken = JSON.stringify(user).length - 2 <= maxCharacters && !/\S@\S/.test(user);
  return isTaken ? user : createHash('sha256').update(user).digest('hex').slice(0, hashCharacters);
}

/** The line by which a CLI tells Anthropic who asks. Other CLIs that ask this server bring theirs; the API reads it, and shows no model any. */
const versionLines = /^(?:x-anthropic-billing-header:.*\n*)+/;

/** Alone, the CLI takes these for words of its own, and leaves out its own, or them. */
const wordsOfItsOwn = /^(?:You are (?:Claude Code|a Claude agent), .*|__SYSTEM_PROMPT_DYNAMIC_BOUNDARY__)$/;

/** A caller's system prompt as the CLI is given it, who would send what looks like its own lines in the place of those; empty for none. */
export function toSystemPrompt(system: readonly TextBlock[]): string {
  const text = systemText(system).replace(versionLines, '');
  return wordsOfItsOwn.test(text) ? `${text}\n` : text;
}
