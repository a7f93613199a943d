import type { ContentBlock } from './content-block.ts';
import type { ReplyIdentity } from './reply-identity.ts';
import type { MessageReply, ReplyBlock } from './reply.ts';
import type { BlockDelta, StreamEvent } from './stream-event.ts';
import { toMessage } from './to-message.ts';

/** The events of a streamed answer, in order; made one by one, so that a huge reply is never whole in memory. */
export function* streamEvents(reply: MessageReply, identity: ReplyIdentity): Generator<StreamEvent, void, undefined> {
  const start = { ...toMessage({ ...reply, blocks: [] }, identity), stop_reason: null, stop_sequence: null };
  yield { type: 'message_start', message: { ...start, usage: { ...reply.usage, output_tokens: 1 } } };
  yield { type: 'ping' };
  const lastIndex = reply.blocks.length - 1;
  for (const [index, block] of reply.blocks.entries()) {
    yield { type: 'content_block_start', index, content_block: toEmptyBlock(block) };
    for (const delta of toDeltas(block)) yield { type: 'content_block_delta', index, delta };
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
  }
}

function* toDeltas(block: ReplyBlock): Generator<BlockDelta, void, undefined> {
  for (const chunk of block.chunks) {
    if (block.type === 'text') yield { type: 'text_delta', text: chunk };
    else if (block.type === 'thinking') yield { type: 'thinking_delta', thinking: chunk };
    else yield { type: 'input_json_delta', partial_json: chunk };
  }
  if (block.type === 'thinking') yield { type: 'signature_delta', signature: block.signature };
}
