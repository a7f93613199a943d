import type { ContentBlock } from './content-block.ts';
import type { Message } from './message.ts';
import type { ReplyIdentity } from './reply-identity.ts';
import type { MessageReply, ReplyBlock } from './reply.ts';

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
  }
}
