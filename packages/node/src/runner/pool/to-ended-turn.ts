import type { ContentBlock, Turn } from '@claude-code-api/gateway';
import type { HistoryDigests } from '../session/history-digest.ts';
import { lastUserContent } from '../session/last-user-content.ts';
import type { EndedTurn } from './turn-history.ts';

const keptCharacters = 200;

/** What is remembered of a turn that ends with this answer; it ends the digests too. */
export function toEndedTurn(turn: Turn, digests: HistoryDigests, answer: readonly ContentBlock[]): EndedTurn {
  const isCalling = answer.some((block) => block.type === 'tool_use');
  const text = lastUserContent(turn).find((block) => block.type === 'text')?.text ?? '';
  // A copy: a slice would keep the whole text in memory.
  const question = Buffer.from(text.slice(0, keptCharacters)).toString();
  return { before: digests.before, digest: digests.after(answer), tenant: turn.tenant, question, isCalling };
}
