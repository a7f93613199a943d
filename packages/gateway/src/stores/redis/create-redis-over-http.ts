import * as z from 'zod/mini';
import { refuseRedirect } from '../../basics/refuse-redirect.ts';
import type { RedisCommand } from './redis-command.ts';

/** Where a Redis is asked over HTTP. */
export interface RedisOverHttpOptions {
  /** Where it is asked: `https://NAME.upstash.io`, or what else speaks Upstash's protocol. */
  readonly url: string;
  /** The token that is sent as `authorization: Bearer`. */
  readonly token: string;
  /** The longest that a request takes, in milliseconds. Default: 2000. */
  readonly timeoutMs?: number;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
}

type Values = readonly (string | number)[];

interface Asked {
  readonly values: Values;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What goes in one request: workers may make few of them. */
const mostAtOnce = 100;

const reply = z.union([z.object({ error: z.string() }), z.object({ result: z.unknown() })]);
const replies = z.array(reply);

/**
 * Asks a Redis over HTTP by Upstash's protocol, for workers, which have no connections. Commands that are given without a wait in between go in
 * one request. No command is sent twice.
 *
 * @see https://upstash.com/docs/redis/features/restapi
 */
export function createRedisOverHttp({ url, token, timeoutMs = 2000, fetch: given }: RedisOverHttpOptions): RedisCommand {
  const base = url.replace(/\/+$/, '');
  let waiting: Asked[] = [];

  async function post(path: string, body: unknown): Promise<unknown> {
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(new Error(`Redis did not answer within ${timeoutMs} ms.`)), timeoutMs);
    try {
      const response = await (given ?? fetch)(base + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        // What is kept is for this address alone.
        redirect: 'manual',
        signal: ending.signal,
      });
      refuseRedirect(response, 'Redis leads elsewhere: name the address that answers itself.');
      const answer: unknown = await response.json();
      // A command that is refused is a 400 with the reason, and of several each has its own.
      if (!response.ok && !reply.safeParse(answer).success) throw new Error(`Redis answered with the status ${response.status}.`);
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }

  async function ask(asked: readonly Asked[]): Promise<void> {
    try {
      const [only, ...more] = asked;
      const answers =
        more.length === 0
          ? [reply.parse(await post('', only?.values))]
          : toReplies(
              await post(
                '/pipeline',
                asked.map(({ values }) => values),
              ),
            );
      for (const [index, { resolve, reject }] of asked.entries()) {
        const answer = answers[index] ?? { error: 'There is no answer.' };
        if ('error' in answer) reject(new Error(`Redis refuses: ${answer.error}`));
        else resolve(answer.result);
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  function send(): void {
    const asked = waiting;
    waiting = [];
    for (let at = 0; at < asked.length; at += mostAtOnce) void ask(asked.slice(at, at + mostAtOnce));
  }

  return (...values) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) queueMicrotask(send);
      waiting.push({ values, resolve, reject });
    });
}

/** A whole pipeline that is refused has one answer for all. */
function toReplies(answer: unknown): readonly z.output<typeof reply>[] {
  const { data } = replies.safeParse(answer);
  if (data !== undefined) return data;
  const refusal = reply.parse(answer);
  throw new Error(`Redis refuses: ${'error' in refusal ? refusal.error : 'it gave one answer to several questions'}`);
}
