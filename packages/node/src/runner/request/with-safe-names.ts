import type { ContentBlock, Message, Tool, Turn, TurnEvent } from '@claude-code-api/gateway';
import { createKeyRenamer } from './create-key-renamer.ts';
import { toSafeNames } from './safe-names.ts';

type Run = (turn: Turn) => AsyncIterable<TurnEvent>;
type Names = ReadonlyMap<string, string>;

/**
 * Runs a turn whose tools, or whose answer, have properties with names that the API refuses under names that it takes: in the schemas and
 * the calls of the history on the way in; on the way out everything has the caller's names again.
 */
export function withSafeNames(turn: Turn, run: Run): AsyncIterable<TurnEvent> {
  const safeByTool = new Map<string, Names>();
  const tools = turn.tools.map((tool): Tool => {
    const safe = toSafeNames(tool.inputSchema);
    if (safe === undefined) return tool;
    safeByTool.set(tool.name, safe.safe);
    return { ...tool, inputSchema: safe.schema };
  });
  const output = turn.outputSchema && toSafeNames(turn.outputSchema);
  if (safeByTool.size === 0 && output === undefined) return run(turn);
  const messages = turn.messages.map((message) => renameIn(message, safeByTool));
  const safeTurn = { ...turn, tools, messages, ...(output !== undefined && { outputSchema: output.schema }) };
  const namesByTool = new Map([...safeByTool].map(([tool, safe]) => [tool, reversed(safe)]));
  return restore(run(safeTurn), namesByTool, reversed(output?.safe ?? new Map()));
}

async function* restore(
  events: AsyncIterable<TurnEvent>,
  namesByTool: ReadonlyMap<string, Names>,
  answerNames: Names,
): AsyncGenerator<TurnEvent, void, undefined> {
  const answer = createKeyRenamer(answerNames);
  let call = createKeyRenamer(new Map());

  function* restored(event: TurnEvent): Generator<TurnEvent> {
    if (event.type === 'text-delta') yield { type: 'text-delta', text: answerNames.size === 0 ? event.text : answer.push(event.text) };
    else if (event.type === 'tool-call-delta') yield { type: 'tool-call-delta', json: call.push(event.json) };
    else {
      yield { type: 'tool-call-delta', json: call.end() };
      yield { type: 'text-delta', text: answer.end() };
      if (event.type === 'tool-call-start') call = createKeyRenamer(namesByTool.get(event.name) ?? new Map());
      yield event.type === 'turn-end' ? restoreEnd(event, namesByTool, answerNames) : event;
    }
  }

  for await (const event of events) {
    for (const each of restored(event)) {
      const isEmpty = (each.type === 'text-delta' && each.text === '') || (each.type === 'tool-call-delta' && each.json === '');
      if (!isEmpty) yield each;
    }
  }
}

type TurnEnd = TurnEvent & { readonly type: 'turn-end' };

function restoreEnd(event: TurnEnd, namesByTool: ReadonlyMap<string, Names>, answerNames: Names): TurnEnd {
  const { content, steps } = event;
  const restoreBlock = (block: ContentBlock): ContentBlock => {
    if (block.type !== 'text' || answerNames.size === 0) return renameBlock(block, namesByTool);
    const renamer = createKeyRenamer(answerNames);
    return { ...block, text: renamer.push(block.text) + renamer.end() };
  };
  return {
    ...event,
    ...(content !== undefined && { content: content.map(restoreBlock) }),
    ...(steps !== undefined && { steps: steps.map((step) => renameIn(step, namesByTool)) }),
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
