import type { TurnEvent } from '@claude-code-api/gateway';
import type { CliStreamEvent } from '../process/cli-message.ts';

type Delta = Extract<CliStreamEvent, { type: 'content_block_delta' }>['delta'];

/** What a piece of a content block means to the caller. */
export function toDelta(delta: Delta): TurnEvent[] {
  if (delta.type === 'text_delta' && delta.text) return [{ type: 'text-delta', text: delta.text }];
  if (delta.type === 'thinking_delta' && delta.thinking) return [{ type: 'reasoning-delta', text: delta.thinking }];
  if (delta.type === 'input_json_delta' && delta.partial_json) return [{ type: 'tool-call-delta', json: delta.partial_json }];
  return [];
}
