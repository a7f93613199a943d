import { randomBytes } from 'node:crypto';
import { ask, askAndLeave } from './ask.ts';
import type { Attempt } from '../problems/attempt.ts';
import type { Call, Caller } from './caller.ts';
import type { Ended } from '../problems/ended.ts';

export interface PerformCallOptions {
  readonly url: string;
  /** Of whoever asks. Undefined where the server asks for none. */
  readonly key?: string | undefined;
  /** Makes the caller leave. */
  readonly signal: AbortSignal;
  readonly tell: (attempt: Attempt) => void;
}

/** Lets a caller do once what it does, and tells of each request. It never fails. */
export async function performCall(caller: Caller, { url, key, signal, tell }: PerformCallOptions): Promise<void> {
  const { kind, fault } = caller;
  const token = randomBytes(6).toString('hex');
  let requests = 0;
  let startedAt = performance.now();
  const requestId = (): string => `soak-${token}-${requests}`;
  const begin = (): string => {
    requests += 1;
    startedAt = performance.now();
    return requestId();
  };
  const record = (ended: Ended): void => {
    tell({ ...ended, kind, fault, requestId: requestId(), startedAt, endedAt: performance.now() });
  };

  const call: Call = {
    token,
    ask: (body) => ask(url, body, { requestId: begin(), key, signal }),
    async leave(body, afterMs) {
      const early = afterMs === undefined ? [] : [AbortSignal.timeout(afterMs)];
      try {
        const failure = await askAndLeave(url, body, { requestId: begin(), key, signal: AbortSignal.any([signal, ...early]) });
        return failure === undefined ? { outcome: 'left' } : { outcome: 'error', failure };
      } catch (error) {
        if (early.some(({ aborted }) => aborted)) return { outcome: 'left' };
        throw error;
      }
    },
  };

  try {
    for await (const ended of caller.call(call)) record(ended);
  } catch (error) {
    if (signal.aborted) record({ outcome: 'left' });
    else record({ outcome: 'wrong', why: `${String(error)} (${String(error instanceof Error ? error.cause : undefined)})` });
  }
}
