import { messageReply } from './message-reply.ts';
import type { ReplyOptions } from './reply-options.ts';
import type { MessageReply, ReplyBlock } from './reply.ts';
import { splitText } from './split-text.ts';

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
