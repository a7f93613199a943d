import * as fc from 'fast-check';
import { checkReply, type Reply } from './check-reply.ts';
import type { Target } from './create-target.ts';
import { requestPlan, toRequest, type FuzzRequest } from './fuzz-request.ts';

export interface FuzzRun {
  readonly runs: number;
  readonly seed: number;
  readonly secret: string;
  /** Kinds of replies, to be counted: a run in which one never comes proves less than it says. */
  readonly count: (reply: Reply, request: FuzzRequest) => void;
}

const patienceMs = 10_000;

/** What must work after whatever came before. */
const valid: FuzzRequest = {
  method: 'POST',
  path: '/v1/chat/completions',
  headers: { 'content-type': 'application/json', 'x-api-key': 'alice' },
  body: Buffer.from(JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }], store: false })),
};

/**
 * Sends generated requests, one by one, and checks each reply.
 *
 * @throws {Error} With the seed and the smallest request that still fails.
 */
export async function runFuzz(target: Target, { runs, seed, secret, count }: FuzzRun): Promise<void> {
  let sent = 0;
  let last = 'nothing';

  async function send(request: FuzzRequest): Promise<Reply> {
    const faultsBefore = target.faults();
    const before = last;
    last = describe(request);
    let reply: Reply | undefined;
    try {
      reply = await within(target.send(request));
      last = `${last}\n=> ${reply.status} ${reply.text.slice(0, 500)}`;
      checkReply(reply, { method: request.method, mayFail: target.faults() > faultsBefore, secret });
      return reply;
    } catch (error) {
      throw new Error(`${String(error)}\n${last}\nBefore it: ${before}`, { cause: error });
    }
  }

  await fc.assert(
    fc.asyncProperty(requestPlan, async (plan) => {
      const request = toRequest(plan, target.ids);
      const reply = await send(request);
      target.learn(reply);
      count(reply, request);
      sent += 1;
      // After a refusal of the server's own making, and now and then.
      if (sent % 10 !== 0 && reply.status < 500) return;
      const after = await send(valid);
      if (after.status !== 200 || !after.text.includes('Hello world'))
        throw new Error(`A valid request after it: ${after.status} ${after.text}`);
    }),
    { seed, numRuns: runs, interruptAfterTimeLimit: 300_000, markInterruptAsFailure: true },
  );
}

function describe({ method, path, headers, body }: FuzzRequest): string {
  const text =
    body === undefined ? '' : `${body.toString('latin1').slice(0, 1500)}${body.length > 1500 ? `... (${body.length} bytes)` : ''}`;
  return `${method} ${path.slice(0, 300)} ${JSON.stringify(headers).slice(0, 1000)} ${text}`;
}

async function within(sending: Promise<Reply>): Promise<Reply> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no whole reply within ${patienceMs} ms`)), patienceMs);
  });
  try {
    return await Promise.race([sending, late]);
  } finally {
    clearTimeout(timer);
  }
}
