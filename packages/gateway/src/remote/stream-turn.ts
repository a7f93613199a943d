import type { TurnLimiter } from '../engine/turn-limiter.ts';
import { GatewayError } from '../gateway-error.ts';
import { linkAbort } from '../basics/waiting.ts';
import type { ClaudeRunner, TurnSpending } from '../ports/claude-runner.ts';
import type { Logger } from '../ports/logger.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import type { GatewayWatch } from './gateway-watch.ts';
import type { Machine } from './machine.ts';
import { machineFaults, toWireError, type OwnLine, type TurnRequest } from './protocol.ts';

export interface StreamTurnOptions {
  readonly runner: ClaudeRunner;
  readonly limiter: TurnLimiter;
  readonly machine: Machine;
  readonly watch: GatewayWatch;
  /** Aborted when the gateway has gone. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

const encoder = new TextEncoder();

/**
 * Runs a turn and answers with its events, a line of JSON each. It waits for a gateway that reads slowly, and says a line in each silence; when
 * the gateway leaves, the turn is stopped.
 */
export function streamTurn({ turn, session, gateway, number, heartbeatMs }: TurnRequest, options: StreamTurnOptions): Response {
  const { runner, limiter, machine, logger } = options;
  const leaving = linkAbort(options.signal);
  const forget = options.watch.add(gateway, number, (reason) => leaving.abort(reason));
  let cut = (): void => {};
  let events: AsyncIterator<TurnEvent> | undefined;
  let release = (): void => {};
  let beat: ReturnType<typeof setInterval> | undefined;
  let isSilent = false;
  let hasBegun = false;
  let isOver = false;

  function end(): void {
    isOver = true;
    clearInterval(beat);
    release();
    forget();
  }

  /** Also where nobody reads on. */
  async function leave(): Promise<void> {
    if (isOver) return;
    end();
    cut();
    await Promise.allSettled([events?.return?.()]);
  }

  async function begin(spending: TurnSpending): Promise<AsyncIterator<TurnEvent>> {
    release = await limiter.acquire(turn.tenant, leaving.signal);
    return runner.run(turn, leaving.signal, spending)[Symbol.asyncIterator]();
  }

  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      cut = () => controller.close();
      leaving.signal.addEventListener('abort', () => void leave(), { once: true });
      if (leaving.signal.aborted) return void leave();
      controller.enqueue(toBytes({ type: 'beat' }));
      beat = setInterval(() => {
        if (isSilent && (controller.desiredSize ?? 0) > 0)
          controller.enqueue(toBytes(events === undefined ? { type: 'beat', queued: true } : { type: 'beat' }));
        isSilent = true;
      }, heartbeatMs / 2);
    },
    async pull(controller) {
      const say = (line: OwnLine | TurnEvent): void => {
        isSilent = false;
        if (!isOver) controller.enqueue(toBytes(line));
      };
      const spending: TurnSpending = {
        sent: () => say({ type: 'sent' }),
        used: (usage, costUsd) => say({ type: 'used', usage, ...(costUsd !== undefined && { costUsd }) }),
      };
      try {
        events ??= await begin(spending);
        const next = await events.next();
        if (isOver) return release();
        if (next.done !== true) {
          hasBegun = true;
          // Before the gateway knows of the end, so that what it places next finds it.
          if (next.value.type === 'turn-end' && session !== undefined) machine.hold(session);
          return say(next.value);
        }
        release();
        say({ type: 'end', room: machine.room() });
      } catch (thrown) {
        // The place may have come after the gateway had left.
        release();
        if (isOver) return;
        if (session !== undefined) machine.drop(session);
        say(toErrorLine(thrown));
      }
      end();
      controller.close();
    },
    cancel() {
      cut = () => {};
      leaving.abort(new Error('The gateway has left.'));
    },
  });

  function toErrorLine(thrown: unknown): OwnLine {
    const isKnown = GatewayError.isInstance(thrown);
    if (!isKnown && !leaving.signal.aborted) logger.error({ error: thrown, requestId: turn.requestId }, 'a turn of a gateway failed');
    const error = isKnown ? thrown : new GatewayError('The machine failed. Its log says more.', { status: 500 });
    const refused = !hasBegun && (events === undefined || machineFaults.has(error.code));
    return { type: 'error', error: toWireError(error), refused, room: machine.room() };
  }

  return new Response(stream, { headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' } });
}

function toBytes(line: OwnLine | TurnEvent): Uint8Array {
  return encoder.encode(`${JSON.stringify(line)}\n`);
}
