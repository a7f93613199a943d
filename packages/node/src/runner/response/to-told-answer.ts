import type { ContentBlock } from '@claude-code-api/gateway';
import type { AnswerBlocks } from './answer-blocks.ts';

/**
 * An answer as it is part of the conversation for the caller, thinking included. Undefined where the deltas alone tell it: the
 * arguments of a call are no JSON object, or those of the answer's tool are the text.
 *
 * @param isTextTold Whether the text was told although an answer's tool was waited for.
 */
export function toToldAnswer(
  { blocks, damaged }: AnswerBlocks,
  answerTool: string | undefined,
  isTextTold = false,
): readonly ContentBlock[] | undefined {
  const calls = blocks.filter((block) => block.type === 'tool_use');
  if (damaged || calls.some(({ name }) => name === answerTool)) return undefined;
  // Where an answer's tool is waited for, what is said beside other calls is not told.
  return answerTool !== undefined && !isTextTold && calls.length > 0 ? blocks.filter((block) => block.type !== 'text') : [...blocks];
}
