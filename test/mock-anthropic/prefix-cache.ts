import { hash } from 'node:crypto';
import type { MessagesBody } from './messages-body.ts';
import type { TokenUsage } from './reply.ts';

/** What a request's prompt costs: read from the cache, written to it, and neither. */
export type PromptUsage = Pick<TokenUsage, 'input_tokens' | 'cache_creation_input_tokens' | 'cache_read_input_tokens'>;

/** A cache of the beginnings of prompts that works as the API's is documented to. */
export interface PrefixCache {
  /** Looks a request's prompt up, and keeps it up to its marks. */
  use(body: MessagesBody): PromptUsage;
}

export interface PrefixCacheOptions {
  /** The time, in milliseconds. Default: `performance.now()`. */
  readonly now?: () => number;
}

interface Block {
  /** What this block and all before it say. */
  readonly prefix: string;
  /** Tokens of this block and all before it. */
  readonly tokens: number;
  readonly mark: Mark | undefined;
}

interface Mark {
  readonly ttl?: unknown;
}

/** As far before a mark does the API look for what it has. */
const lookedBack = 20;
const fiveMinutesMs = 300_000;
const hourMs = 3_600_000;
/** About so many characters make a token. */
const charactersPerToken = 4;

/** The least tokens that are kept, by the beginning of a model's name. */
const leastTokens: readonly (readonly [model: string, tokens: number])[] = [
  ['claude-opus-5', 512],
  ['claude-opus-4-7', 2048],
  ['claude-opus-4-6', 4096],
  ['claude-opus-4-5', 4096],
  ['claude-haiku-4-5', 4096],
  ['', 1024],
];

/**
 * Keeps beginnings of prompts at the marks of requests, for five minutes from their last use, or an hour: exact to the byte, from a least size on, found
 * from up to twenty blocks behind them.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
export function createPrefixCache({ now = () => performance.now() }: PrefixCacheOptions = {}): PrefixCache {
  /** When what was kept ends, by its prefix. */
  const kept = new Map<string, { endsAt: number; readonly ttlMs: number }>();

  function isKept({ prefix }: Block): boolean {
    const found = kept.get(prefix);
    return found !== undefined && found.endsAt > now();
  }

  return {
    use(body) {
      const blocks = toBlocks(body);
      const least = leastTokens.find(([model]) => body.model.startsWith(model))?.[1] ?? 0;
      const marked = blocks.flatMap(({ mark, tokens }, index) => (mark !== undefined && tokens >= least ? [index] : []));
      const found = Math.max(-1, ...marked.map((end) => lastIndex(blocks, Math.max(0, end - lookedBack + 1), end, isKept)));
      for (const index of marked) {
        const { prefix, mark } = blocks[index]!;
        const ttlMs = mark?.ttl === '1h' ? hourMs : fiveMinutesMs;
        kept.set(prefix, { endsAt: now() + ttlMs, ttlMs });
      }
      const refreshed = kept.get(blocks[found]?.prefix ?? '');
      if (refreshed !== undefined) refreshed.endsAt = now() + refreshed.ttlMs;
      const read = blocks[found]?.tokens ?? 0;
      const written = Math.max(read, blocks[marked.at(-1) ?? -1]?.tokens ?? 0) - read;
      const all = blocks.at(-1)?.tokens ?? 0;
      return { input_tokens: all - read - written, cache_creation_input_tokens: written, cache_read_input_tokens: read };
    },
  };
}

function lastIndex(blocks: readonly Block[], start: number, end: number, matches: (block: Block) => boolean): number {
  for (let index = end; index >= start; index -= 1) if (matches(blocks[index]!)) return index;
  return -1;
}

/** The prompt in the order in which it is cached: tools, system, messages. */
function toBlocks(body: MessagesBody): Block[] {
  const blocks: Block[] = [];
  let prefix = body.model;
  let tokens = 0;

  function add(block: object, level: unknown = ''): void {
    const { cache_control: mark, ...said } = block as { readonly cache_control?: Mark };
    const text = JSON.stringify(said);
    prefix = hash('sha256', `${prefix}${JSON.stringify(level)}${text}`);
    tokens += Math.ceil(text.length / charactersPerToken);
    blocks.push({ prefix, tokens, mark });
  }

  const { tools = [], system = [], messages, tool_choice, thinking, output_config, cache_control } = body;
  for (const tool of tools) add(tool);
  // What is constrained is said to the model in the system prompt.
  for (const block of toContent(system)) if (!isVersionLine(block)) add(block, output_config?.['format']);
  // Another choice of tools or other thinking makes other messages of them.
  for (const { role, content } of messages) for (const block of toContent(content)) add(block, [role, tool_choice, thinking]);
  const last = blocks.pop();
  if (last !== undefined) blocks.push({ ...last, mark: last.mark ?? (cache_control as Mark | undefined) });
  return blocks;
}

function toContent(content: string | readonly object[]): readonly object[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** The CLI's line on who asks is taken off before the prompt is looked up. */
function isVersionLine(block: object): boolean {
  return 'text' in block && String(block.text).startsWith('x-anthropic-billing-header:');
}
