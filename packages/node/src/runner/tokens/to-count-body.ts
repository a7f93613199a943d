import { type PreparedTurn, toApiBlock, toRequestBody } from '@claude-code-api/gateway/messages-api';
import { toSystemPrompt } from '../request/turn-for-cli.ts';

export interface CountRequest {
  readonly body: Readonly<Record<string, unknown>>;
  readonly betas: readonly string[];
}

/** What the API counts by, of what a request has beside its messages. It refuses all else. */
const fields: ReadonlySet<string> = new Set(['tools', 'tool_choice', 'thinking', 'output_config', 'context_management']);
/** The betas that the CLI names by itself: what is counted may need them. */
const ownBetas = ['token-counting-2024-11-01', 'context-management-2025-06-27'];

/**
 * Says a turn as the CLI would send it, as far as it is counted: but for the lines before the system prompt, in which the CLI says who it is.
 *
 * @param operatorBetas As the CLI has them.
 */
export function toCountBody(turn: PreparedTurn, operatorBetas = ''): CountRequest {
  const { model, system, messages, variables } = turn;
  const prompt = toSystemPrompt(system);
  const betas = (variables?.['ANTHROPIC_BETAS'] ?? operatorBetas).split(',').map((name) => name.trim());
  const isLong = model.endsWith('[1m]');
  return {
    body: {
      model: isLong ? model.slice(0, -'[1m]'.length) : model,
      ...(prompt !== '' && { system: prompt }),
      messages: messages.map(({ role, content }) => ({ role, content: content.map(toApiBlock) })),
      ...Object.fromEntries(Object.entries(toRequestBody(turn)).filter(([field]) => fields.has(field))),
    },
    betas: [...new Set([...ownBetas, ...betas, ...(isLong ? ['context-1m-2025-08-07'] : [])])].filter((name) => name !== ''),
  };
}
