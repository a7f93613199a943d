import type { TextBlock } from './content-block.ts';

/** A system prompt as one text: its parts, a blank line between; empty for none. */
export function systemText(system: readonly TextBlock[]): string {
  return system.map(({ text }) => text).join('\n\n');
}

/** A text as a system prompt; none for an empty one. */
export function toSystem(text: string): TextBlock[] {
  return text === '' ? [] : [{ type: 'text', text }];
}
