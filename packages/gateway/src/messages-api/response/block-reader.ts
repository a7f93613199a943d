import type { BlockEvent, StartedBlock } from '../../turn/turn-event.ts';
import type { ContentBlock } from '../../turn/content-block.ts';
import { readArguments } from '../../turn/parse-arguments.ts';
import type { StreamEvent } from '../stream-event.ts';

type Delta = Extract<StreamEvent, { type: 'content_block_delta' }>['delta'];
type WireBlock = Extract<StreamEvent, { type: 'content_block_start' }>['content_block'];

/** Follows the blocks of one message of the API. */
export interface BlockReader {
  /** Takes the next event of its stream, and gives what it means; blocks are numbered by their places in the message. */
  read(event: StreamEvent): BlockEvent[];
  /** The finished blocks, as the API would take them back. */
  readonly blocks: readonly ContentBlock[];
  /** Whether the arguments of a call are not a JSON object. */
  readonly damaged: boolean;
}

/** Begins to read the blocks of one message. */
export function createBlockReader(): BlockReader {
  const blocks: ContentBlock[] = [];
  let index = -1;
  let open: StartedBlock | undefined;
  let text = '';
  let signature = '';
  let damaged = false;

  function start(block: WireBlock): BlockEvent[] {
    const ended = end();
    index += 1;
    open = toStartedBlock(block);
    text = signature = '';
    return [...ended, { type: 'block-start', index, block: open }];
  }

  /** Pieces that are not of the open block's kind mean nothing. */
  function add(delta: Delta): BlockEvent[] {
    switch (open?.type) {
      case 'text':
        text += delta.text ?? '';
        if (delta.citation !== undefined) return [{ type: 'citation', index, citation: delta.citation }];
        return delta.text ? [{ type: 'text-delta', index, text: delta.text }] : [];
      case 'thinking':
        text += delta.thinking ?? '';
        signature += delta.signature ?? '';
        if (delta.signature) return [{ type: 'signature', index, signature: delta.signature }];
        return delta.thinking ? [{ type: 'thinking-delta', index, thinking: delta.thinking }] : [];
      case 'tool_use':
      case 'other':
        text += delta.partial_json ?? '';
        return delta.partial_json ? [{ type: 'input-delta', index, json: delta.partial_json }] : [];
      default:
        return [];
    }
  }

  function end(): BlockEvent[] {
    if (open === undefined) return [];
    if (open.type === 'text' && text !== '') blocks.push({ type: 'text', text });
    if (open.type === 'thinking') blocks.push({ type: 'thinking', thinking: text, signature });
    if (open.type === 'redacted_thinking') blocks.push(open);
    if (open.type === 'tool_use') {
      const call = readArguments(text);
      damaged ||= call === undefined;
      blocks.push({ ...open, ...(call ?? { input: {} }) });
    }
    if (open.type === 'other')
      blocks.push(text === '' ? open : { type: 'other', block: { ...open.block, input: readArguments(text)?.input ?? {} } });
    open = undefined;
    return [{ type: 'block-end', index }];
  }

  return {
    blocks,
    get damaged() {
      return damaged;
    },
    read(event) {
      switch (event.type) {
        case 'content_block_start':
          return start(event.content_block);
        case 'content_block_delta':
          return add(event.delta);
        case 'content_block_stop':
        // A block that is left open is whole when the message ends.
        case 'message_delta':
          return end();
        default:
          return [];
      }
    },
  };
}

function toStartedBlock(block: WireBlock): StartedBlock {
  const { type, id = '', name = '', data = '' } = block;
  switch (type) {
    case 'text':
    case 'thinking':
      return { type };
    case 'redacted_thinking':
      return { type, data };
    case 'tool_use': {
      const { type: _type, id: _id, name: _name, input: _input, ...extra } = block;
      return { type, id, name, ...(Object.keys(extra).length > 0 && { extra }) };
    }
    default:
      return { type: 'other', block };
  }
}
