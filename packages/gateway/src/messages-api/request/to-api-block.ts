import type { ContentBlock } from '../../turn/content-block.ts';

/** A block as the Messages API knows it, with the fields that are only passed on. */
export function toApiBlock(block: ContentBlock): object {
  if (block.type === 'other') return block.block;
  const { extra, ...rest } = block;
  if (rest.type === 'tool_result') return { ...rest, content: rest.content.map(toApiBlock), ...extra };
  if (rest.type !== 'tool_use') return extra === undefined ? rest : { ...rest, ...extra };
  const { json: _written, ...call } = rest;
  return { ...call, ...extra };
}
