import type { ContentBlock } from '../turn/content-block.ts';
import { canonicalMessage } from '../turn/canonical-message.ts';
import type { Message } from '../turn/message.ts';
import { normalizeMessages } from '../turn/normalize-messages.ts';
import { parseArguments } from '../turn/parse-arguments.ts';
import { saysSomething } from '../turn/says-something.ts';
import type { TurnEvent } from '../turn/turn-event.ts';

export interface AnswerGatherer {
  add(event: TurnEvent): void;
  /** What the caller has got, as a message of the history, with the steps to it; without content when it said nothing. */
  answer(): Message;
}

type Part =
  | { readonly type: 'text'; text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; json: string };

/**
 * Gathers an answer as it is to be remembered: what the caller got. The runner's own account of it, which holds the thinking,
 * is taken where the two say the same; thinking only matters before calls.
 */
export function createAnswerGatherer(): AnswerGatherer {
  const parts: Part[] = [];
  let account: readonly ContentBlock[] | undefined;
  let steps: readonly Message[] = [];
  let model = '';

  function addText(text: string): void {
    const last = parts.at(-1);
    if (last?.type === 'text') last.text += text;
    else parts.push({ type: 'text', text });
  }

  return {
    add(event) {
      if (event.type === 'turn-start') model = event.model;
      else if (event.type === 'text-delta') addText(event.text);
      else if (event.type === 'tool-call-start') parts.push({ type: 'tool_use', id: event.id, name: event.name, json: '' });
      else if (event.type === 'tool-call-delta') {
        const call = parts.at(-1);
        if (call?.type === 'tool_use') call.json += event.json;
      } else if (event.type === 'turn-end') {
        account = event.content;
        steps = normalizeMessages(event.steps ?? []);
      }
    },
    answer() {
      const content = parts.map(toBlock).filter(saysSomething);
      const rest = steps.length > 0 ? { steps } : {};
      if (account === undefined || !content.some((block) => block.type === 'tool_use') || !isSame(content, account))
        return { role: 'assistant', content, ...rest };
      return { role: 'assistant', content: account.filter(saysSomething), model, ...rest };
    },
  };
}

function toBlock(part: Part): ContentBlock {
  if (part.type === 'text') return part;
  const { json, ...call } = part;
  return { ...call, ...parseArguments(json) };
}

function isSame(one: readonly ContentBlock[], other: readonly ContentBlock[]): boolean {
  const [first, second] = [one, other].map((content) => JSON.stringify(canonicalMessage({ role: 'assistant', content })));
  return first === second;
}
