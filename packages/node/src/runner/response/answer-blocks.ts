import { readArguments, type ContentBlock } from '@claude-code-api/gateway';
import type { CliStreamEvent } from '../process/cli-message.ts';

export interface AnswerBlocks {
  /** Takes the next event of a stream. */
  add(event: CliStreamEvent): void;
  /** The finished blocks, as the API would take them back. */
  readonly blocks: readonly ContentBlock[];
  /** Whether the arguments of a call are not a JSON object. */
  readonly damaged: boolean;
}

/** Gathers the blocks of an answer from its stream. */
export function createAnswerBlocks(): AnswerBlocks {
  const blocks: ContentBlock[] = [];
  let kind = '';
  let id = '';
  let name = '';
  let text = '';
  let signature = '';
  let damaged = false;

  function finish(): void {
    if (kind === 'text' && text !== '') blocks.push({ type: 'text', text });
    if (kind === 'thinking') blocks.push({ type: 'thinking', thinking: text, signature });
    if (kind === 'redacted_thinking') blocks.push({ type: 'redacted_thinking', data: text });
    if (kind === 'tool_use') {
      const call = readArguments(text);
      damaged ||= call === undefined;
      blocks.push({ type: 'tool_use', id, name, ...(call ?? { input: {} }) });
    }
    kind = '';
  }

  return {
    blocks,
    get damaged() {
      return damaged;
    },
    add(event) {
      if (event.type === 'content_block_start') {
        finish();
        ({ type: kind, id = '', name = '', data: text = '' } = event.content_block);
        signature = '';
      } else if (event.type === 'content_block_delta') {
        text += event.delta.text ?? event.delta.thinking ?? event.delta.partial_json ?? '';
        signature += event.delta.signature ?? '';
      } else if (event.type === 'content_block_stop' || event.type === 'message_delta') finish();
    },
  };
}
