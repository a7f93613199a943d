import type { ReplyOptions } from './reply-options.ts';
import type { MessageReply, ReplyBlock, ReplyEnding } from './reply.ts';

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
    chunkDelayMs: options.chunkDelayMs ?? 0,
  };
}

function defaultStopReason(blocks: readonly ReplyBlock[], options: ReplyOptions): string {
  if (blocks.some((block) => block.type === 'tool_use')) return 'tool_use';
  return options.stopSequence === undefined ? 'end_turn' : 'stop_sequence';
}
