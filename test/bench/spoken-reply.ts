import { textReply, type Reply } from '@claude-code-api/mock-anthropic';

const pauseMs = 10;

/**
 * An answer whose first piece comes at once, and each other one 10 ms behind the one before. As with a model, the first is read
 * before the answer ends; otherwise both would compete for the CPU.
 */
export function spokenReply(...pieces: readonly string[]): Reply {
  return textReply(pieces, { chunkDelayMs: pauseMs });
}
