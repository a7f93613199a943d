import { foldTurn } from '@claude-code-api/gateway/runner-kit';
import { inBlocks, sampleUsage, type SampleTurn } from '@claude-code-api/gateway/testing';
import {
  errorReply,
  messageReply,
  redactedThinkingBlock,
  stallReply,
  streamErrorReply,
  type Reply,
  type ReplyBlock,
} from '@claude-code-api/mock-anthropic';

/** What the contract of runners asks for, as the API says it. */
export function sampleReply(sample: SampleTurn): Reply {
  const { reason = 'end_turn', stopSequence, refusal } = sample.end ?? {};
  return messageReply(toBlocks(sample), {
    stopReason: reason,
    ...(stopSequence !== undefined && { stopSequence }),
    ...(refusal !== undefined && { stopDetails: { type: 'refusal', category: null, explanation: refusal } }),
    usage: {
      input_tokens: sampleUsage.inputTokens,
      cache_read_input_tokens: sampleUsage.cacheReadTokens,
      cache_creation_input_tokens: sampleUsage.cacheWriteTokens,
      output_tokens: sampleUsage.outputTokens,
    },
  });
}

export function failingReply(when: 'before' | 'within'): Reply {
  return when === 'before' ? errorReply(400, 'invalid_request_error', 'No.') : streamErrorReply('Well', 'overloaded_error', 'Overloaded');
}

/** Begins, and says nothing more. */
export const slowReply: Reply = stallReply({ afterText: 'Well' });

function toBlocks({ says }: SampleTurn): ReplyBlock[] {
  return foldTurn(inBlocks(says)).answer.blocks.map(({ started, text, signature }): ReplyBlock => {
    switch (started.type) {
      case 'text':
        return { type: 'text', chunks: [text] };
      case 'thinking':
        return { type: 'thinking', chunks: [text], signature };
      case 'redacted_thinking':
        return redactedThinkingBlock(started.data);
      case 'tool_use':
        return { ...started, input: JSON.parse(text || '{}') as unknown, chunks: [text] };
      default:
        throw new Error(`No sample has a block of the type ${started.type}.`);
    }
  });
}
