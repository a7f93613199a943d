import type { MessageReply, ReplyBlock, TokenUsage } from './reply.ts';

/** What a reply takes from the request that it answers. */
export interface ReplyIdentity {
  /** Sent as the `request-id` header and in error bodies. */
  readonly requestId: string;
  readonly messageId: string;
  /** The request's model. */
  readonly model: string;
}

/** A block of an answer, as the Messages API writes it. */
export type ContentBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown }
  | Readonly<Record<string, unknown>>;

/** An answer as one JSON object, as the Messages API writes it. */
export interface Message {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: readonly ContentBlock[];
  /** Null in a stream's `message_start` only. */
  readonly stop_reason: string | null;
  readonly stop_sequence: string | null;
  /** Of a refusal. */
  readonly stop_details?: object;
  readonly usage: TokenUsage;
}

/** One event of a Messages stream (https://platform.claude.com/docs/en/build-with-claude/streaming). */
export type StreamEvent =
  | { readonly type: 'message_start'; readonly message: Message }
  | { readonly type: 'ping' }
  | { readonly type: 'content_block_start'; readonly index: number; readonly content_block: ContentBlock }
  | { readonly type: 'content_block_delta'; readonly index: number; readonly delta: BlockDelta }
  | { readonly type: 'content_block_stop'; readonly index: number }
  | {
      readonly type: 'message_delta';
      readonly delta: { readonly stop_reason: string; readonly stop_sequence: string | null; readonly stop_details?: object };
      readonly usage: TokenUsage;
    }
  | { readonly type: 'message_stop' }
  | { readonly type: 'error'; readonly error: { readonly type: string; readonly message: string }; readonly request_id: string };

/** A piece of a content block. */
export type BlockDelta =
  | { readonly type: 'text_delta'; readonly text: string }
  | { readonly type: 'thinking_delta'; readonly thinking: string }
  | { readonly type: 'signature_delta'; readonly signature: string }
  | { readonly type: 'input_json_delta'; readonly partial_json: string }
  | Readonly<Record<string, unknown>>;

/** The events of a streamed answer, in order; made one by one, so that a huge reply is never whole in memory. */
export function* streamEvents(reply: MessageReply, identity: ReplyIdentity): Generator<StreamEvent, void, undefined> {
  const start = { ...toMessage({ ...reply, blocks: [] }, identity), stop_reason: null, stop_sequence: null };
  yield { type: 'message_start', message: { ...start, usage: { ...reply.usage, output_tokens: 1 } } };
  yield { type: 'ping' };
  const lastIndex = reply.blocks.length - 1;
  for (const [index, block] of reply.blocks.entries()) {
    yield { type: 'content_block_start', index, content_block: toEmptyBlock(block) };
    for (const delta of toDeltas(block)) {
      for (let ping = 0; ping < reply.pings; ping += 1) yield { type: 'ping' };
      yield { type: 'content_block_delta', index, delta };
    }
    if (index < lastIndex || reply.ending.type === 'complete') yield { type: 'content_block_stop', index };
  }
  yield* endEvents(reply, identity);
}

function* endEvents(reply: MessageReply, identity: ReplyIdentity): Generator<StreamEvent, void, undefined> {
  const { ending } = reply;
  if (ending.type === 'error') {
    const error = { type: ending.errorType, message: ending.message };
    yield { type: 'error', error, request_id: identity.requestId };
  }
  if (ending.type === 'complete') {
    const details = reply.stopDetails === undefined ? {} : { stop_details: reply.stopDetails };
    const delta = { stop_reason: reply.stopReason, stop_sequence: reply.stopSequence, ...details };
    yield { type: 'message_delta', delta, usage: reply.usage };
    yield { type: 'message_stop' };
  }
}

function toEmptyBlock(block: ReplyBlock): ContentBlock {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: '' };
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'tool_use':
      return { type: 'tool_use', id: block.id, name: block.name, input: {} };
    case 'other':
      return block.start;
  }
}

function* toDeltas(block: ReplyBlock): Generator<BlockDelta, void, undefined> {
  if (block.type === 'other') return yield* block.deltas;
  for (const chunk of block.chunks) {
    if (block.type === 'text') yield { type: 'text_delta', text: chunk };
    else if (block.type === 'thinking') yield { type: 'thinking_delta', thinking: chunk };
    else yield { type: 'input_json_delta', partial_json: chunk };
  }
  if (block.type === 'thinking') yield { type: 'signature_delta', signature: block.signature };
}

/** The whole answer as one JSON object. */
export function toMessage(reply: MessageReply, identity: ReplyIdentity): Message {
  return {
    id: identity.messageId,
    type: 'message',
    role: 'assistant',
    model: reply.model ?? identity.model,
    content: reply.blocks.map(toContentBlock),
    stop_reason: reply.stopReason,
    stop_sequence: reply.stopSequence,
    ...(reply.stopDetails !== undefined && { stop_details: reply.stopDetails }),
    usage: reply.usage,
  };
}

function toContentBlock(block: ReplyBlock): ContentBlock {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.chunks.join('') };
    case 'thinking':
      return { type: 'thinking', thinking: block.chunks.join(''), signature: block.signature };
    case 'tool_use':
      return { type: 'tool_use', id: block.id, name: block.name, input: block.input };
    case 'other':
      return block.whole;
  }
}
