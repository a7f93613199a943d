import { systemText, type ContentBlock } from '../turn/content-block.ts';
import type { Turn } from '../turn/turn.ts';

/** About as many characters of English or code are one token, where nobody has counted. */
export const charactersPerToken = 4;
/** What the API takes for a picture of full size. */
const tokensPerImage = 1600;
/** A page of a PDF takes some 50 kB, and some 2000 tokens. */
const base64CharactersPerToken = 30;

/** About how many tokens a turn's input has: of one that was cut before the API told, or that is only to be counted. */
export function estimateInput({ system, messages, tools }: Turn): number {
  const said = messages.flatMap(({ content }) => content).reduce((sum, block) => sum + tokensOf(block), 0);
  const rest = systemText(system).length + tools.reduce((sum, tool) => sum + JSON.stringify(tool).length, 0);
  return Math.ceil(said + rest / charactersPerToken);
}

function tokensOf(block: ContentBlock): number {
  switch (block.type) {
    case 'image':
      return tokensPerImage;
    case 'document':
      if (block.source.type === 'url') return tokensPerImage;
      return block.source.data.length / (block.source.type === 'text' ? charactersPerToken : base64CharactersPerToken);
    case 'tool_result':
      return block.content.reduce((sum, each) => sum + tokensOf(each), 0);
    case 'text':
      return block.text.length / charactersPerToken;
    case 'tool_use':
      return JSON.stringify(block.input).length / charactersPerToken;
    case 'thinking':
    case 'redacted_thinking':
    case 'other':
      return JSON.stringify(block).length / charactersPerToken;
  }
}
