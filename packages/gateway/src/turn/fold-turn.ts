import { activityStatus, type ActivityStatus, type BlockEvent, type StartedBlock, type TurnEnd, type TurnEvent } from './turn-event.ts';
import type { ContentBlock } from './content-block.ts';
import { parseArguments } from './parse-arguments.ts';
import type { JsonObject } from './tool.ts';
import { noUsage, type Usage } from './usage.ts';

/** The answer that the events of a turn add up to. */
export interface TurnAnswer {
  /** Empty before the turn has started. */
  readonly model: string;
  readonly messageId?: string;
  readonly blocks: readonly AnsweredBlock[];
  /** What an agent did, in the order in which it began. */
  readonly activities: readonly Activity[];
  readonly usage: Usage;
  /** What else the API told of the usage; see `TurnEvent`. */
  readonly told?: JsonObject;
  readonly costUsd?: number;
  /** Undefined before the turn has ended. */
  readonly end: TurnEnd | undefined;
}

/** A block, with its pieces put together. */
export interface AnsweredBlock {
  readonly started: StartedBlock;
  readonly itemId?: string;
  /** Its text, what was thought, or the arguments of the call as they were written; empty for a block without pieces. */
  readonly text: string;
  readonly signature: string;
  readonly citations: readonly JsonObject[];
}

/** One use of a tool of an agent's own. */
export interface Activity {
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
  /** Its text; empty for a use that the turn's end cut short, which has failed. */
  readonly result: string;
  readonly status: ActivityStatus;
}

/** Puts the events of a turn together as they come. */
export interface TurnFold {
  /** Takes the next event, in order. */
  add(event: TurnEvent): void;
  /** What the events so far add up to. */
  readonly answer: TurnAnswer;
}

type Told = Pick<TurnAnswer, 'model' | 'messageId' | 'usage' | 'told' | 'costUsd' | 'end'>;
type Facts = { -readonly [Fact in keyof Told]: Told[Fact] };

interface OpenBlock extends AnsweredBlock {
  itemId?: string;
  text: string;
  signature: string;
  citations: JsonObject[];
}

/** Begins to fold the events of a turn into its answer, with these as the first ones. */
export function foldTurn(events: Iterable<TurnEvent> = []): TurnFold {
  const blocks: OpenBlock[] = [];
  const activities = new Map<string, Activity>();
  const facts: Facts = { model: '', usage: noUsage, end: undefined };

  function addToBlock(event: Exclude<BlockEvent, { type: 'block-start' }>): void {
    const block = blocks.at(-1);
    if (block === undefined) return;
    if (event.type === 'text-delta') block.text += event.text;
    else if (event.type === 'thinking-delta') block.text += event.thinking;
    else if (event.type === 'input-delta') block.text += event.json;
    else if (event.type === 'signature') block.signature += event.signature;
    else if (event.type === 'citation') block.citations.push(event.citation);
  }

  function add(event: TurnEvent): void {
    switch (event.type) {
      case 'turn-start':
        facts.model = event.model;
        facts.usage = event.usage;
        if (event.messageId !== undefined) facts.messageId = event.messageId;
        if (event.told !== undefined) facts.told = event.told;
        return;
      case 'block-start': {
        const { block: started, itemId } = event;
        const block: OpenBlock = { started, text: '', signature: '', citations: [] };
        if (itemId !== undefined) block.itemId = itemId;
        blocks.push(block);
        return;
      }
      case 'activity-start': {
        const { id, name, input } = event;
        activities.set(id, { id, name, input, result: '', status: 'failed' });
        return;
      }
      case 'activity-end': {
        const begun = activities.get(event.id);
        if (begun !== undefined) activities.set(event.id, { ...begun, result: event.result, status: activityStatus(event) });
        return;
      }
      case 'usage':
        facts.usage = event.usage;
        if (event.told !== undefined) facts.told = event.told;
        if (event.costUsd !== undefined) facts.costUsd = event.costUsd;
        return;
      case 'turn-end':
        facts.end = event;
        return;
      case 'call-start':
      case 'calls-end':
        return;
      default:
        addToBlock(event);
    }
  }

  for (const event of events) add(event);
  return {
    add,
    get answer() {
      return { blocks, activities: [...activities.values()], ...facts };
    },
  };
}

/** Runs a turn to its end and gives its answer: an empty one where there are no events. Throws what the turn throws. */
export async function gatherAnswer(events: AsyncIterable<TurnEvent> | undefined): Promise<TurnAnswer> {
  const fold = foldTurn();
  if (events !== undefined) for await (const event of events) fold.add(event);
  return fold.answer;
}

/** A finished block as the API takes it back; undefined for an empty text. */
export function toContentBlock({ started, text, signature, citations }: AnsweredBlock): ContentBlock | undefined {
  switch (started.type) {
    case 'text':
      return text === '' ? undefined : { type: 'text', text, ...(citations.length > 0 && { extra: { citations } }) };
    case 'thinking':
      return { type: 'thinking', thinking: text, signature };
    case 'redacted_thinking':
      return started;
    case 'tool_use':
      return { ...started, ...parseArguments(text) };
    case 'other':
      return text === '' ? started : { type: 'other', block: { ...started.block, input: parseArguments(text).input } };
  }
}

/** All that is said in blocks of one type, put together. */
export function textOf({ blocks }: TurnAnswer, type: 'text' | 'thinking'): string {
  return blocks.map(({ started, text }) => (started.type === type ? text : '')).join('');
}
