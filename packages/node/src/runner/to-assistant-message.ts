import type { EarlierMessage } from './earlier-message.ts';

/** An earlier answer in the shape in which the Messages API would have sent it. */
export function toAssistantMessage(id: string, { content, model = 'claude' }: EarlierMessage): object {
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: content.some((block) => block.type === 'tool_use') ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 0, output_tokens: 0 },
  };
}
