import type { ContentBlock } from './content-block.ts';

/** The API refuses a text of nothing but whitespace, even of its own, and the CLI would write words of its own in its place. */
export function saysSomething(block: ContentBlock): boolean {
  return block.type !== 'text' || /\S/.test(block.text);
}
