import type { BlockEvent, ContentBlock, ToolUseBlock, TurnEvent } from '@claude-code-api/gateway';
import type { CliStreamEvent } from '../process/cli-message.ts';
import { createBlockReader } from '@claude-code-api/gateway/messages-api';

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
