import type { JsonObject } from '../../../turn/tool.ts';
import type { TurnEvent } from '../../../turn/turn-event.ts';
import { noUsage } from '../../../turn/usage.ts';
import { anthropicErrorBody } from '../anthropic-error.ts';
import type { ReplyWriter } from '../../dialect.ts';
import { sseComment, toSseFrame } from '../../sse.ts';
import { toManagement, toMessageUsage, toStart, toStop } from './to-message.ts';

/**
 * Writes an answer as the Messages API streams it: server-sent events, each with its name.
 *
 * @param id For an answer whose own is not known.
 * @see https://docs.anthropic.com/en/api/messages-streaming
 */
export function createMessageWriter(id: string): ReplyWriter {
  let usage = noUsage;
  let told: JsonObject | undefined;

  function write(event: TurnEvent): string[] {
    switch (event.type) {
      case 'turn-start': {
        const { messageId = id, model } = event;
        ({ usage, told } = event);
        const message = { id: messageId, type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null };
        return [frame('message_start', { message: { ...message, usage: toMessageUsage(usage, told) } })];
      }
      case 'block-start':
        return [frame('content_block_start', { index: event.index, content_block: toStart(event.block) })];
      case 'text-delta':
        return [delta(event.index, { type: 'text_delta', text: event.text })];
      case 'citation':
        return [delta(event.index, { type: 'citations_delta', citation: event.citation })];
      case 'thinking-delta':
        return [delta(event.index, { type: 'thinking_delta', thinking: event.thinking })];
      case 'signature':
        return [delta(event.index, { type: 'signature_delta', signature: event.signature })];
      case 'input-delta':
        return [delta(event.index, { type: 'input_json_delta', partial_json: event.json })];
      case 'block-end':
        return [frame('content_block_stop', { index: event.index })];
      case 'usage':
        usage = event.usage;
        told = event.told ?? told;
        return [];
      case 'turn-end':
        return [
          frame('message_delta', { delta: toStop(event), usage: toMessageUsage(usage, told), ...toManagement(event) }),
          frame('message_stop', {}),
        ];
      case 'activity-start':
      case 'activity-end':
      case 'call-start':
      case 'calls-end':
        // The form has no place for what an agent does with tools of its own.
        return [];
    }
  }

  return {
    write,
    idle: (form) => [form === 'comment' ? sseComment : frame('ping', {})],
    end: () => [],
    fail: (error, requestId) => [frame('error', anthropicErrorBody(error, requestId))],
  };
}

function delta(index: number, piece: object): string {
  return frame('content_block_delta', { index, delta: piece });
}

function frame(type: string, data: object): string {
  return toSseFrame(JSON.stringify({ type, ...data }), type);
}
