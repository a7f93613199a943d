import type { BlockEvent, ContentBlock, Message, ToolResultBlock, ToolUseBlock, TurnEvent } from '@claude-code-api/gateway';
import { isThinking } from '@claude-code-api/gateway/runner-kit';
import { createBlockReader } from '@claude-code-api/gateway/messages-api';
import type { CliStreamEvent, CliToolResults } from '../process/cli-message.ts';

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

/** One answer of the model within an agent's turn. */
export interface AgentStep {
  /** Takes the next event of its stream, and gives what it means: calls of the agent's own tools are activities. */
  add(event: CliStreamEvent): TurnEvent[];
  readonly blocks: readonly ContentBlock[];
  /** Its calls of the caller's tools. */
  readonly callersCalls: readonly ToolUseBlock[];
  /** The ids of the agent's own calls before the first of those. */
  readonly earlierCalls: readonly string[];
  /** Whether the arguments of a call are not a JSON object. */
  readonly damaged: boolean;
}

export function createAgentStep(toolNames: ReadonlySet<string>): AgentStep {
  const answer = createBlockReader();
  /** Whether the block that is open is told; calls of the agent's own tools are not. */
  let isTold = false;

  function isCallers(block: ContentBlock): block is ToolUseBlock {
    return block.type === 'tool_use' && toolNames.has(block.name);
  }

  function tell(event: BlockEvent): TurnEvent[] {
    if (event.type === 'block-start') isTold = event.block.type !== 'tool_use' || toolNames.has(event.block.name);
    if (isTold) return [event];
    const called = event.type === 'block-end' ? answer.blocks.at(-1) : undefined;
    // What a tool of the agent's own is called with is known once its block is complete.
    return called?.type === 'tool_use' ? [{ type: 'activity-start', id: called.id, name: called.name, input: called.input }] : [];
  }

  return {
    add: (event) => answer.read(event).flatMap(tell),
    blocks: answer.blocks,
    get callersCalls() {
      return answer.blocks.filter(isCallers);
    },
    get earlierCalls() {
      const first = answer.blocks.findIndex(isCallers);
      return answer.blocks.slice(0, first).flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
    },
    get damaged() {
      return answer.damaged;
    },
  };
}

/** Whether a tool did not run, since it is not permitted. Older versions of the CLI say only in words that a rule has refused it. */
export function isDenied({ tool_result_meta: facts = [] }: CliToolResults, block: CliToolResults['message']['content'][number]): boolean {
  const decision = facts.find(({ id }) => id === block.tool_use_id)?.permission_decision?.decision;
  if (decision !== undefined || block.is_error !== true || typeof block.content !== 'string') return decision === 'reject';
  return /^(<tool_use_error>)?(Permission to use .* (has been|is) denied|File is in a directory that is denied)/.test(block.content);
}
