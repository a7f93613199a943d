import type { ReplyWriter } from '../../dialects/dialect.ts';
import type { Answer } from '../../engine/answer.ts';
import { transformTurn } from '../../engine/events/transform-turn.ts';
import { withItemIds } from '../../engine/events/with-item-ids.ts';
import { withWholeCalls } from '../../engine/events/with-whole-calls.ts';
import { GatewayError } from '../../gateway-error.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';
import type { JsonObject } from '../../turn/tool.ts';
import type { DialectContractOptions } from '../dialect-contract.ts';
import { failureOf } from '../expectations.ts';
import type { ContractCheck } from '../runner-contract.ts';
import { inBlocks } from '../script-blocks.ts';
import { must, mustBeSame, mustFit } from './expectations.ts';
import { sampleTurns, toScript, type SampleTurn, type SampleTurnName } from '../sample-turns.ts';

/** A turn, and the whole reply that comes of it. */
export interface ReplyRow extends SampleTurn {
  readonly name: string;
  /** Put over the least that can be asked. */
  readonly body?: JsonObject;
  /** How the activity of agents is told. Default: not at all. */
  readonly activity?: Answer['activity'];
  /** The whole reply: of objects some keys are enough; undefined stands for what is not there. */
  readonly whole: unknown;
}

/** What becomes of a turn: whole and streamed the same, whatever pieces it comes in, and whatever keeps the connection alive. */
export function replyChecks(options: DialectContractOptions): ContractCheck[] {
  const names = Object.keys(sampleTurns).filter((name): name is SampleTurnName => name in sampleTurns);
  const rows: ReplyRow[] = [
    ...names.map((name) => ({ name, whole: options.replies[name], ...sampleTurns[name] })),
    ...(options.moreReplies ?? []),
  ];
  return rows.flatMap((row) => [
    { name: `reply: ${row.name}: whole`, run: () => checkWhole(row, options) },
    { name: `reply: ${row.name}: streamed in any pieces, it says the same`, run: () => checkStreamed(row, options) },
    { name: `reply: ${row.name}: an error at any event ends it`, run: () => checkFailures(row, options) },
  ]);
}

async function checkWhole(row: ReplyRow, options: DialectContractOptions): Promise<void> {
  const events = await toEvents(row);
  const [reply, other] = [await replyWhole(events, row, options), await replyWhole(events, row, options)];
  mustFit(reply, row.whole, 'reply');
  mustBeSame(JSON.parse(JSON.stringify(reply)), reply, 'the reply as JSON');
  for (const key of options.differing) must(reply[key] !== undefined, `a reply has ${key}`);
  if (options.differing.includes('id')) must(reply['id'] !== other['id'], 'each reply has an id of its own');
}

async function checkStreamed(row: ReplyRow, options: DialectContractOptions): Promise<void> {
  const events = await toEvents(row);
  const whole = withoutDiffering(await replyWhole(events, row, options), options);
  for (const told of [events, events.flatMap(inCharacters)]) {
    for (const form of [undefined, 'comment', 'chunk'] as const) {
      const writer = newWriter(told, row, options);
      const idle = (): string[] => (form === undefined ? [] : writer.idle(form));
      const texts = told.flatMap((event) => [...idle(), ...writer.write(event, 0)]);
      const { reply, error } = options.readStream([...texts, ...idle(), ...writer.end()].join(''));
      must(error === undefined, `the stream ends well: ${error}`);
      mustBeSame(withoutDiffering(reply, options), whole, 'the streamed reply');
    }
  }
}

async function checkFailures(row: ReplyRow, options: DialectContractOptions): Promise<void> {
  const events = await toEvents(row);
  const failure = new GatewayError('It has "failed".\n\nAsk again.', { status: 502, code: 'upstream_error' });
  for (const count of events.keys()) {
    const told = events.slice(0, count);
    const thrown = await failureOf(replyWhole(told, row, options, failure));
    must(thrown === failure, `an error after ${count} events is thrown as it is`);
    const writer = newWriter(told, row, options);
    const texts = told.flatMap((event) => writer.write(event, 0));
    const { error } = options.readStream([...texts, ...writer.fail(failure, 'request-1')].join(''));
    must(error === failure.message, `an error after ${count} events ends the stream with its message, not with ${error}`);
  }
}

function newWriter(
  told: readonly TurnEvent[],
  row: ReplyRow,
  { dialect, body, streamed = { stream: true } }: DialectContractOptions,
): ReplyWriter {
  return dialect.replyStreamed(dialect.parse({ ...body, ...row.body, ...streamed }, new Headers()), toAnswer(told, row));
}

async function replyWhole(
  told: readonly TurnEvent[],
  row: ReplyRow,
  { dialect, body }: DialectContractOptions,
  failure?: GatewayError,
): Promise<JsonObject> {
  const reply = await dialect.replyWhole(dialect.parse({ ...body, ...row.body }, new Headers()), toAnswer(told, row, failure));
  return { ...reply };
}

function toAnswer(told: readonly TurnEvent[], { activity = 'none' }: ReplyRow, failure?: GatewayError): Answer {
  return { turns: [iterate(told, failure)], conversationId: () => undefined, cache: undefined, activity };
}

/** As the engine hands them on. */
async function toEvents(turn: SampleTurn): Promise<TurnEvent[]> {
  const transforms = [withItemIds(), withWholeCalls()];
  const events: TurnEvent[] = [];
  for await (const event of transformTurn(iterate(inBlocks(toScript(turn))), transforms)) events.push(event);
  return events;
}

async function* iterate(events: readonly TurnEvent[], failure?: GatewayError): AsyncGenerator<TurnEvent, void, undefined> {
  yield* events;
  if (failure !== undefined) throw failure;
}

/** The same in the smallest pieces. */
function inCharacters(event: TurnEvent): TurnEvent[] {
  if (event.type === 'text-delta') return Array.from(event.text, (text) => ({ ...event, text }));
  if (event.type === 'thinking-delta') return Array.from(event.thinking, (thinking) => ({ ...event, thinking }));
  if (event.type === 'input-delta') return Array.from(event.json, (json) => ({ ...event, json }));
  return [event];
}

function withoutDiffering(reply: unknown, { differing }: DialectContractOptions): unknown {
  must(typeof reply === 'object' && reply !== null, 'a reply is an object');
  return Object.fromEntries(Object.entries(reply).filter(([key]) => !differing.includes(key)));
}
