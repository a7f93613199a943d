import type { ClaudeRunner } from '../ports/claude-runner.ts';
import type { Turn } from '../turn/turn.ts';
import { type ContentBlock, systemText } from '../turn/content-block.ts';

export interface InputCount {
  readonly tokens: number;
  /** Says whether they were counted or estimated. */
  readonly headers: { readonly 'x-token-count': 'counted' | 'estimated' };
}

export interface CountInputOptions {
  readonly runner: Pick<ClaudeRunner, 'countTokens'>;
  /** Whether the turn is all that the model would hear: a part of a conversation can't be asked for. */
  readonly isWhole: boolean;
  readonly signal: AbortSignal;
}

/**
 * Counts a turn's input tokens where the runner can, and estimates them elsewhere.
 *
 * @throws {GatewayError} What keeps a runner that can count from it.
 */
export async function countInput(turn: Turn, { runner, isWhole, signal }: CountInputOptions): Promise<InputCount> {
  const counted = isWhole ? await runner.countTokens?.(turn, signal) : undefined;
  return { tokens: counted ?? estimateInput(turn), headers: { 'x-token-count': counted === undefined ? 'estimated' : 'counted' } };
}

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
