import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { callWithKey } from '../support/call-with-key.ts';
import { toUserMessage } from './to-user-message.ts';

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
