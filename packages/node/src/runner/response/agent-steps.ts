import type { ContentBlock, Message, ToolResultBlock } from '@claude-code-api/gateway';
import { isThinking } from '@claude-code-api/gateway/runner-kit';
import type { CliToolResults } from '../process/cli-message.ts';

/** The longest text of one result that is told and kept. */
const maxResultCharacters = 32_768;
/** The longest of all results of a turn; of those after it only the beginning is kept. */
const maxTotalCharacters = 1_000_000;
const maxLateCharacters = 1000;

type CliResultBlock = CliToolResults['message']['content'][number];

/** All that an agent says and does in a turn, as messages that take turns. */
export interface AgentSteps {
  readonly messages: readonly Message[];
  /** The model begins to answer; results that come before it has ended stand after it all the same. */
  beginAnswer(): void;
  addAnswer(content: readonly ContentBlock[], model: string): void;
  /** Adds the result of a tool, cut where it is very long, pictures left out. Gives its text. */
  addResult(result: CliResultBlock): string;
}

export function createAgentSteps(): AgentSteps {
  const messages: Message[] = [];
  let results: ToolResultBlock[] | undefined;
  let inAnswer = false;
  let characters = 0;

  return {
    messages,
    beginAnswer() {
      inAnswer = true;
      results = undefined;
    },
    addAnswer(content, model) {
      const calls = content.some((block) => block.type === 'tool_use');
      const kept = content.filter((block) => calls || !isThinking(block));
      messages.push({ role: 'assistant', content: kept, ...(calls && { model }) });
      inAnswer = false;
      if (results !== undefined) messages.push({ role: 'user', content: results });
    },
    addResult(result) {
      const whole = textOf(result);
      const limit = characters > maxTotalCharacters ? maxLateCharacters : maxResultCharacters;
      const text = whole.length > limit ? `${whole.slice(0, limit)}\n[${whole.length - limit} more characters]` : whole;
      characters += text.length;
      if (results === undefined) {
        results = [];
        if (!inAnswer) messages.push({ role: 'user', content: results });
      }
      results.push({
        type: 'tool_result',
        tool_use_id: result.tool_use_id,
        content: /\S/.test(text) ? [{ type: 'text', text }] : [],
        ...(result.is_error === true && { is_error: true }),
      });
      return text;
    },
  };
}

function textOf({ content = '' }: CliResultBlock): string {
  if (typeof content === 'string') return content;
  return content.map(({ type, text }) => text ?? `[${type}]`).join('\n');
}
