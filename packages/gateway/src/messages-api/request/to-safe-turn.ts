import type { ContentBlock } from '../../turn/content-block.ts';
import type { Message } from '../../turn/message.ts';
import type { Tool } from '../../turn/tool.ts';
import type { Turn } from '../../turn/turn.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';
import { createKeyRenamer } from './create-key-renamer.ts';
import { toSafeNames } from './safe-names.ts';

type Names = ReadonlyMap<string, string>;

/** A turn under names that the API takes, and the way back. */
export interface SafeTurn {
  readonly turn: Turn;
  /** Gives an event the caller's names again; an event may become none or several. It must be given each event of the turn in order. */
  readonly restore: (event: TurnEvent) => readonly TurnEvent[];
}

/**
 * A turn whose tools, or whose answer, have properties with names that the API refuses, under names that it takes: in the schemas and
 * the calls of the history on the way in; on the way out everything has the caller's names again.
 */
export function toSafeTurn(turn: Turn): SafeTurn {
  const safeByTool = new Map<string, Names>();
  const tools = turn.tools.map((tool): Tool => {
    const safe = toSafeNames(tool.inputSchema);
    if (safe === undefined) return tool;
    safeByTool.set(tool.name, safe.safe);
    return { ...tool, inputSchema: safe.schema };
  });
  const output = turn.outputSchema && toSafeNames(turn.outputSchema);
  if (safeByTool.size === 0 && output === undefined) return { turn, restore: (event) => [event] };
  const messages = turn.messages.map((message) => renameIn(message, safeByTool));
  // The digests are those of the messages as they were.
  const { messageDigests: _digests, ...rest } = turn;
  const safeTurn = { ...rest, tools, messages, ...(output !== undefined && { outputSchema: output.schema }) };
  const namesByTool = new Map([...safeByTool].map(([tool, safe]) => [tool, reversed(safe)]));
  return { turn: safeTurn, restore: createRestore(namesByTool, reversed(output?.safe ?? new Map())) };
}

function createRestore(namesByTool: ReadonlyMap<string, Names>, answerNames: Names): SafeTurn['restore'] {
  const none = createKeyRenamer(new Map());
  const answer = answerNames.size === 0 ? undefined : createKeyRenamer(answerNames);
  /** The renamer of the block that is open. */
  let renamer = none;

  return (event) => {
    switch (event.type) {
      case 'block-start': {
        const { block } = event;
        renamer = block.type === 'tool_use' ? createKeyRenamer(namesByTool.get(block.name) ?? new Map()) : none;
        return [event];
      }
      case 'text-delta': {
        const text = answer === undefined ? event.text : answer.push(event.text);
        return text === '' ? [] : [{ ...event, text }];
      }
      case 'input-delta': {
        const json = renamer.push(event.json);
        return json === '' ? [] : [{ ...event, json }];
      }
      case 'block-end': {
        const { index } = event;
        const [json, text] = [renamer.end(), answer?.end() ?? ''];
        return [
          ...(json === '' ? [] : [{ type: 'input-delta', index, json } as const]),
          ...(text === '' ? [] : [{ type: 'text-delta', index, text } as const]),
          event,
        ];
      }
      case 'turn-end':
        return [event.steps === undefined ? event : { ...event, steps: event.steps.map((step) => renameIn(step, namesByTool)) }];
      default:
        return [event];
    }
  };
}

function renameIn(message: Message, namesByTool: ReadonlyMap<string, Names>): Message {
  const { content, steps } = message;
  return {
    ...message,
    content: content.map((block) => renameBlock(block, namesByTool)),
    ...(steps !== undefined && { steps: steps.map((step) => renameIn(step, namesByTool)) }),
  };
}

function renameBlock(block: ContentBlock, namesByTool: ReadonlyMap<string, Names>): ContentBlock {
  const names = block.type === 'tool_use' ? namesByTool.get(block.name) : undefined;
  if (block.type !== 'tool_use' || names === undefined) return block;
  const renamer = createKeyRenamer(names);
  const json = block.json === undefined ? {} : { json: renamer.push(block.json) + renamer.end() };
  return { ...block, input: renameKeys(block.input, names), ...json };
}

function renameKeys(input: Readonly<Record<string, unknown>>, names: Names): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [names.get(key) ?? key, renameWithin(value, names)]));
}

function renameWithin(value: unknown, names: Names): unknown {
  if (Array.isArray(value)) return value.map((each) => renameWithin(each, names));
  return typeof value === 'object' && value !== null ? renameKeys({ ...value }, names) : value;
}

function reversed(names: Names): Names {
  return new Map([...names].map(([one, other]) => [other, one]));
}
