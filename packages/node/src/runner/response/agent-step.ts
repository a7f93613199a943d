import type { ContentBlock, ToolUseBlock, TurnEvent } from '@claude-code-api/gateway';
import type { CliStreamEvent } from '../process/cli-message.ts';
import { createAnswerBlocks } from './answer-blocks.ts';
import { toDelta } from './to-delta.ts';

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
  const answer = createAnswerBlocks();
  let inCallersCall = false;

  function isCallers(block: ContentBlock): block is ToolUseBlock {
    return block.type === 'tool_use' && toolNames.has(block.name);
  }

  function begin({ type, id = '', name = '' }: Extract<CliStreamEvent, { type: 'content_block_start' }>['content_block']): TurnEvent[] {
    inCallersCall = type === 'tool_use' && toolNames.has(name);
    return inCallersCall ? [{ type: 'tool-call-start', id, name }] : [];
  }

  /** What a tool of the agent's own is called with is known once its block is complete. */
  function finish(block: ContentBlock | undefined): TurnEvent[] {
    if (block?.type !== 'tool_use' || toolNames.has(block.name)) return [];
    return [{ type: 'activity-start', id: block.id, name: block.name, input: block.input }];
  }

  return {
    add(event) {
      const count = answer.blocks.length;
      answer.add(event);
      if (event.type === 'content_block_start') return begin(event.content_block);
      if (event.type === 'content_block_delta')
        return toDelta(event.delta).filter(({ type }) => type !== 'tool-call-delta' || inCallersCall);
      return event.type === 'content_block_stop' ? finish(answer.blocks[count]) : [];
    },
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
