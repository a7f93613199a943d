import type { ErrorReply, MessageReply, RawReply, ReplyBlock, ReplyEnding, TokenUsage } from './reply.ts';

/** What every reply of the model can be told. */
export interface ReplyOptions {
  /** The pause before the first byte; default 0. */
  readonly delayMs?: number;
  /** What it waits for before the first byte, so that a test can do something meanwhile, however busy the machine is; default: nothing. */
  readonly after?: Promise<unknown>;
  /** The same behind the first delta of a stream; default: nothing. */
  readonly afterFirst?: Promise<unknown>;
  /** The pause between two deltas; default 0. */
  readonly chunkDelayMs?: number;
  /** How many `ping` events come before each delta, beside the one at the beginning; default 0. */
  readonly pings?: number;
  /** Default: 10 input tokens, 5 output tokens, none of the cache. */
  readonly usage?: Partial<TokenUsage>;
  /** Default: `tool_use` with tool calls, `stop_sequence` with a `stopSequence`, else `end_turn`. */
  readonly stopReason?: string;
  readonly stopSequence?: string;
  /** Of a refusal: why, as in `{ type: 'refusal', category: 'cyber', explanation: '...' }`. */
  readonly stopDetails?: object;
  /** Default: the request's model. */
  readonly model?: string;
}

/** A message of any blocks with any ending; the other builders are shorthands for it. */
export function messageReply(
  blocks: readonly ReplyBlock[],
  options: ReplyOptions = {},
  ending: ReplyEnding = { type: 'complete' },
): MessageReply {
  return {
    kind: 'message',
    blocks,
    ending,
    stopReason: options.stopReason ?? defaultStopReason(blocks, options),
    stopSequence: options.stopSequence ?? null,
    stopDetails: options.stopDetails,
    usage: {
      input_tokens: 10,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 5,
      ...options.usage,
    },
    model: options.model,
    delayMs: options.delayMs ?? 0,
    after: options.after,
    afterFirst: options.afterFirst,
    chunkDelayMs: options.chunkDelayMs ?? 0,
    pings: options.pings ?? 0,
  };
}

function defaultStopReason(blocks: readonly ReplyBlock[], options: ReplyOptions): string {
  if (blocks.some((block) => block.type === 'tool_use')) return 'tool_use';
  return options.stopSequence === undefined ? 'end_turn' : 'stop_sequence';
}

/** An answer of text; an array gives one delta for each of its strings. */
export function textReply(text: string | readonly string[], options: ReplyOptions = {}): MessageReply {
  const chunks = typeof text === 'string' ? [text] : text;
  return messageReply([{ type: 'text', chunks }], options);
}

export interface ThinkingReplyOptions extends ReplyOptions {
  /** An array gives one delta for each of its strings. */
  readonly thinking: string | readonly string[];
  readonly signature: string;
  readonly text: string | readonly string[];
}

/** An answer of a signed thinking block, then text. */
export function thinkingReply(options: ThinkingReplyOptions): MessageReply {
  const { thinking, signature, text } = options;
  return messageReply(
    [
      { type: 'thinking', chunks: typeof thinking === 'string' ? [thinking] : thinking, signature },
      { type: 'text', chunks: typeof text === 'string' ? [text] : text },
    ],
    options,
  );
}

export interface ToolUseCall {
  /** As in `toolu_01`. */
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface ToolUseReplyOptions extends ReplyOptions {
  /** Text before the calls. */
  readonly text?: string;
  /** A thinking block before all else. */
  readonly thinking?: string;
  /** The length in characters of each `input_json_delta`; default 16. */
  readonly chunkSize?: number;
}

/** An answer of tool calls. */
export function toolUseReply(calls: readonly ToolUseCall[], options: ToolUseReplyOptions = {}): MessageReply {
  const { text, thinking, chunkSize = 16 } = options;
  const blocks: ReplyBlock[] = [];
  if (thinking !== undefined) blocks.push({ type: 'thinking', chunks: [thinking], signature: 'bW9jaw==' });
  if (text !== undefined) blocks.push({ type: 'text', chunks: [text] });
  for (const call of calls) {
    blocks.push({ type: 'tool_use', id: call.id, name: call.name, input: call.input, chunks: toInputChunks(call, chunkSize) });
  }
  return messageReply(blocks, options);
}

/** The API sends an empty piece first, and nothing else for an empty input. */
function toInputChunks(call: ToolUseCall, chunkSize: number): readonly string[] {
  if (Object.keys(call.input).length === 0) return [''];
  return ['', ...splitText(JSON.stringify(call.input), chunkSize)];
}

/** A text of exactly `bytes` ASCII characters, all `x`, in deltas of `deltaBytes` (default 4096; the last may be shorter). */
export function hugeReply(bytes: number, options: ReplyOptions & { readonly deltaBytes?: number } = {}): MessageReply {
  const { deltaBytes = 4096 } = options;
  // One string, referred to many times: the reply costs a pointer for each delta.
  const chunk = 'x'.repeat(deltaBytes);
  const chunks = Array.from({ length: Math.floor(bytes / deltaBytes) }, () => chunk);
  const rest = bytes % deltaBytes;
  if (rest > 0) chunks.push('x'.repeat(rest));
  return textReply(chunks, options);
}

/** A message that begins with `text` in one delta (no block at all if it is empty) and then ends as told. */
function partialTextReply(text: string, ending: ReplyEnding): MessageReply {
  return messageReply(text === '' ? [] : [{ type: 'text', chunks: [text] }], {}, ending);
}

/** `message_start`, text (which does reach the client), then a closed connection. */
export function cutReply(textBefore: string): MessageReply {
  return partialTextReply(textBefore, { type: 'cut' });
}

/** `message_start`, maybe text, then nothing until the client leaves or the mock closes. */
export function stallReply(options: { readonly afterText?: string } = {}): MessageReply {
  return partialTextReply(options.afterText ?? '', { type: 'stall' });
}

/** Text, then an SSE `error` event and the end of the stream. */
export function streamErrorReply(textBefore: string, type: string, message: string): MessageReply {
  return partialTextReply(textBefore, { type: 'error', errorType: type, message });
}

/** An HTTP error with Anthropic's error body, as in `errorReply(529, 'overloaded_error', 'Overloaded')`. */
export function errorReply(status: number, type: string, message: string, headers: Readonly<Record<string, string>> = {}): ErrorReply {
  return { kind: 'error', status, errorType: type, message, headers };
}

/** An answer written by hand; it must end the response, or leave that to the client or the mock's `close`. */
export function rawReply(respond: RawReply['respond']): RawReply {
  return { kind: 'raw', respond };
}

/** Cuts a text into pieces of `size` characters (code points, so that no surrogate pair is cut). */
function splitText(text: string, size: number): string[] {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`A piece cannot have ${size} characters.`);
  const characters = Array.from(text);
  const pieces: string[] = [];
  for (let start = 0; start < characters.length; start += size) {
    pieces.push(characters.slice(start, start + size).join(''));
  }
  return pieces;
}

/** A block that a stream sends whole, in its start: a result of one of the API's own tools, or what nobody knows yet. */
export function wholeBlock(block: Readonly<Record<string, unknown>>): ReplyBlock {
  return { type: 'other', start: block, deltas: [], whole: block };
}

/** Thinking that only the API can read (https://platform.claude.com/docs/en/build-with-claude/extended-thinking). */
export function redactedThinkingBlock(data: string): ReplyBlock {
  return wholeBlock({ type: 'redacted_thinking', data });
}

/** A call of one of the API's own tools (https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool). */
export function serverToolUseBlock({ id, name, input }: ToolUseCall): ReplyBlock {
  const start = { type: 'server_tool_use', id, name, input: {} };
  const deltas = ['', JSON.stringify(input)].map((json) => ({ type: 'input_json_delta', partial_json: json }));
  return { type: 'other', start, deltas, whole: { ...start, input } };
}

/** A text with what it is taken from (https://platform.claude.com/docs/en/build-with-claude/citations). */
export function citedTextBlock(text: string, citations: readonly Readonly<Record<string, unknown>>[]): ReplyBlock {
  return {
    type: 'other',
    start: { type: 'text', text: '', citations: [] },
    deltas: [{ type: 'text_delta', text }, ...citations.map((citation) => ({ type: 'citations_delta', citation }))],
    whole: { type: 'text', text, citations },
  };
}
