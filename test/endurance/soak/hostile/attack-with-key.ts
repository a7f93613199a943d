import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { callWithKey } from '../../../support/chat/call-with-key.ts';
import { toUserMessage } from '../callers/to-user-message.ts';

export interface AttackOptions {
  readonly url: string;
  readonly key: string;
  /** Ends it. */
  readonly signal: AbortSignal;
}

type Attack = (options: AttackOptions, round: number) => Promise<unknown>;

/** What one key can do to the others, each with the pause after it in milliseconds, and how many do it side by side. */
const attacks: readonly { readonly attack: Attack; readonly pauseMs: number; readonly workers: number }[] = [
  { attack: stall, pauseMs: 100, workers: 8 },
  { attack: readNothing, pauseMs: 1000, workers: 1 },
  { attack: store, pauseMs: 20, workers: 2 },
  { attack: bringLongHistory, pauseMs: 10_000, workers: 1 },
  { attack: leaveEarly, pauseMs: 5000, workers: 1 },
  { attack: bringSchemaBomb, pauseMs: 500, workers: 1 },
  { attack: bringWrongBody, pauseMs: 1000, workers: 1 },
];

/** Does with one key all that it can, until told to end. Whatever the server answers is right: it is about the others. */
export async function attackWithKey(options: AttackOptions): Promise<void> {
  const { signal } = options;
  async function work({ attack, pauseMs }: (typeof attacks)[number]): Promise<void> {
    for (let round = 0; !signal.aborted; round += 1) {
      await attack(options, round).catch(() => {});
      await wait(pauseMs, undefined, { signal }).catch(() => {});
    }
  }
  await Promise.all(attacks.flatMap((each) => Array.from({ length: each.workers }, () => work(each))));
}

function chat({ url, key, signal }: AttackOptions, body: object): Promise<Response> {
  return callWithKey(`${url}/v1/chat/completions`, key, { model: 'sonnet', ...body }, { signal });
}

/** Takes a place for as long as the server lets it. */
async function stall(options: AttackOptions, round: number): Promise<void> {
  const stream = round % 2 === 0;
  await (await chat(options, { stream, messages: [toUserMessage('Hello', { token: `hostile-${round}`, fault: 'stall' })] })).text();
}

/** Asks, and never reads the answer. */
async function readNothing({ url, key, signal }: AttackOptions, round: number): Promise<void> {
  const message = toUserMessage('Hello', { token: `hostile-unread-${round}` });
  const body = JSON.stringify({ model: 'sonnet', stream: true, messages: [message] });
  const socket = connect(Number(new URL(url).port), '127.0.0.1').pause();
  socket.on('error', () => {});
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  await wait(5000, undefined, { signal }).catch(() => {});
  socket.destroy();
}

/** Fills what conversations may take, without a token. */
async function store({ url, key, signal }: AttackOptions): Promise<void> {
  const items = [{ type: 'message', role: 'user', content: 'x'.repeat(50_000) }];
  await (await callWithKey(`${url}/v1/conversations`, key, { items }, { signal })).text();
}

/** Brings what takes a CLI long to take. */
async function bringLongHistory(options: AttackOptions, round: number): Promise<void> {
  const exchanges = Array.from({ length: 1000 }, (_, index) => [
    { role: 'user', content: `question ${index}` },
    { role: 'assistant', content: `answer ${index}` },
  ]).flat();
  await (await chat(options, { messages: [...exchanges, toUserMessage('Hello', { token: `hostile-history-${round}` })] })).text();
}

/** Leaves before anything was said. */
async function leaveEarly(options: AttackOptions, round: number): Promise<void> {
  const leaving = AbortSignal.any([options.signal, AbortSignal.timeout(200)]);
  await chat({ ...options, signal: leaving }, { messages: [toUserMessage('Hello', { token: `hostile-left-${round}` })] });
}

const empty = (length: number): object[] => Array.from({ length }, () => ({}));
const nested = (depth: number): object => (depth === 0 ? { type: 'string' } : { allOf: [nested(depth - 1), nested(depth - 1)] });
const doubled = Object.fromEntries(
  Array.from({ length: 24 }, (_, index) => [`d${index}`, { anyOf: [1, 2].map(() => ({ $ref: `#/$defs/d${index + 1}` })) }]),
);
const objectOf = (properties: object): object => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

/** Some that can't be checked, or take long: in what they hold, or with what is answered. */
const schemaBombs: readonly object[] = [
  objectOf({ answer: { type: 'string', pattern: '^(a+)+$' } }),
  { $ref: '#/$defs/d0', $defs: { ...doubled, d24: { type: 'string' } } },
  { anyOf: Array.from({ length: 3000 }, (_, index) => objectOf({ [`k${index}`]: { type: 'string' } })) },
  nested(12),
  Array.from({ length: 2000 }).reduce<object>((schema) => ({ allOf: [schema] }), { type: 'string' }),
  { $ref: '#/$defs/itself', $defs: { itself: { $ref: '#/$defs/itself' } } },
];

/** Asks for an answer in a form that is dear to check. */
async function bringSchemaBomb(options: AttackOptions, round: number): Promise<void> {
  const schema = schemaBombs[round % schemaBombs.length];
  const format = { type: 'json_schema', json_schema: { name: 'bomb', strict: round % 4 < 2, schema } };
  const tools = [{ type: 'function', function: { name: 'bomb', parameters: schema, strict: round % 4 < 2 } }];
  const message = toUserMessage('Hello', { token: `hostile-schema-${round}` });
  await (await chat(options, { messages: [message], ...(round % 3 === 0 ? { tools } : { response_format: format }) })).text();
}

/** Bodies of some megabytes that are wrong in every value, or deep. */
const wrongBodies: readonly (() => string)[] = [
  () => JSON.stringify({ model: 'sonnet', messages: Array(1_000_000).fill(1) }),
  () => JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: empty(200_000) }] }),
  () => JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'x' }], tools: empty(300_000) }),
  () => JSON.stringify({ items: empty(500_000) }),
  () => '['.repeat(4_000_000),
];

/** Sends what is not a request. */
async function bringWrongBody({ url, key, signal }: AttackOptions, round: number): Promise<void> {
  const body = wrongBodies[round % wrongBodies.length]?.();
  const path = round % 2 === 0 ? 'chat/completions' : 'conversations';
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  await (await fetch(`${url}/v1/${path}`, { method: 'POST', headers, signal, ...(body !== undefined && { body }) })).text();
}
