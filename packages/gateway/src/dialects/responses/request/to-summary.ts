import { badRequest } from '../../../gateway-error.ts';
import type { TurnRequest } from '../../../engine/turn-request.ts';
import type { InputItem } from './input-schema.ts';
import type { ResponsesBody } from './request-schema.ts';

/** What Claude is asked for, behind a history that is to become short. */
const wish =
  'Summarise this conversation for someone who goes on with it and sees nothing else of it: what was asked for, what was done and found out, with all names, places, numbers and decisions that matter, and what is left to do. Write the summary only.';

/**
 * Whether the input ends with the wish for a summary of it.
 *
 * @throws {GatewayError} 400 for such a wish at another place, or in the background.
 */
export function asksForSummary(items: readonly InputItem[], { background }: Pick<ResponsesBody, 'background'>): boolean {
  const index = items.findIndex(({ type }) => type === 'compaction_trigger');
  if (index < 0) return false;
  const place = `input[${index}]`;
  if (index < items.length - 1) throw badRequest(`Invalid value for '${place}': a 'compaction_trigger' must be the last item.`, place);
  if (background === true)
    throw badRequest("Invalid value for 'background': a summary is not made in the background.", 'background', 'unsupported_value');
  return true;
}

/** The same request, for a summary in the place of an answer. It is for its caller alone: nothing of it is kept. */
export function toSummary({ tools: _tools, toolChoice: _choice, servers: _servers, ...asked }: TurnRequest): TurnRequest {
  const { outputSchema: _schema, response: _response, reasoning: _reasoning, ...rest } = asked;
  const messages = [...asked.messages, { role: 'user', content: [{ type: 'text', text: wish }], place: 'input' } as const];
  return { ...rest, messages, tools: [], sampling: {}, keep: false, seals: false, summarizes: true };
}
