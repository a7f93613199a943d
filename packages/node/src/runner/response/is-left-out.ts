import type { ContentBlock } from '@claude-code-api/gateway';
import { isThinking } from '@claude-code-api/gateway/runner-kit';

/** What the CLI writes into an answer of nothing. */
const nothing = '(no content)';

/** Whether the CLI leaves an answer out of what it sends: it takes these words, whoever said them, for its own. */
export function isLeftOut(content: readonly ContentBlock[]): boolean {
  const said = content.filter((block) => !isThinking(block));
  return said.length > 0 && said.every((block) => block.type === 'text' && block.text.trim() === nothing);
}
