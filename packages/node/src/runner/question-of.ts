import type { Turn } from '@claude-code-api/gateway';
import { lastUserContent } from './last-user-content.ts';

const keptCharacters = 200;

/** The beginning of what a turn asks, 200 characters at most; empty for one that only brings results. */
export function questionOf(turn: Turn): string {
  const text = lastUserContent(turn).find((block) => block.type === 'text')?.text ?? '';
  // A copy: a slice would keep the whole text in memory.
  return Buffer.from(text.slice(0, keptCharacters)).toString();
}
