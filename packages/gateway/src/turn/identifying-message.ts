import { bareId } from './bare-id.ts';
import { canonicalMessage } from './canonical-message.ts';
import type { ContentBlock } from './content-block.ts';
import type { Message } from './message.ts';

/** Claude's own ids, or others that are as long: nobody knows one who has not been given it. */
const unguessable = /^toolu|^.{20}/;

/**
 * A message in the form by which a conversation is known again. Some clients bring a call back without the text beside it, or with
 * another text, and its id without underscores: a call is known by its id alone.
 */
export function identifyingMessage(message: Message): unknown {
  const isKnown = message.role === 'assistant' && message.content.some((block) => block.type === 'tool_use' && unguessable.test(block.id));
  const content = message.content.flatMap((block): ContentBlock[] => {
    if (block.type === 'tool_use') return [{ ...block, id: bareId(block.id) }];
    if (block.type === 'tool_result') return [{ ...block, tool_use_id: bareId(block.tool_use_id) }];
    return isKnown && block.type === 'text' ? [] : [block];
  });
  return canonicalMessage({ ...message, content });
}
