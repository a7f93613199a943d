import type { TurnEvent } from '@claude-code-api/gateway';
import type { CliListener } from './cli-process.ts';
import { createEventQueue, type EventQueue, type Flow } from './event-queue.ts';
import { lostInMidAnswer, notBegun } from './turn-failures.ts';
import type { TurnReader } from './turn-reader.ts';

export interface FollowTurnOptions {
  readonly reader: TurnReader;
  /** The longest wait for the model to begin its answer. */
  readonly firstEventTimeoutMs: number;
  readonly signal: AbortSignal;
  /** Held back while the caller reads slowly. */
  readonly flow: Flow;
  /** Called with the `turn-end`, before anyone can read it. */
  readonly onTurnEnd: () => void;
}

export interface FollowedTurn {
  /** To be told what the CLI says. */
  readonly listener: CliListener;
  readonly events: EventQueue<TurnEvent>;
  /** Adds events that do not come of what the CLI says. */
  tell(events: readonly TurnEvent[]): void;
  /** Clears timers and listeners. */
  release(): void;
}

/** Makes turn events of what the CLI says, until the turn ends, fails, takes too long to begin, or is aborted. */
export function followTurn({ reader, firstEventTimeoutMs, signal, flow, onTurnEnd }: FollowTurnOptions): FollowedTurn {
  const events = createEventQueue<TurnEvent>(flow);
  let started = false;
  const timer = setTimeout(() => events.close(notBegun(firstEventTimeoutMs)), firstEventTimeoutMs);
  const onAbort = (): void => events.close(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });

  function take(event: TurnEvent): void {
    if (event.type === 'turn-start') {
      // The CLI begins again after a lost connection; what was said before can't be taken back.
      if (started) throw lostInMidAnswer(undefined);
      started = true;
      clearTimeout(timer);
    }
    if (event.type === 'turn-end') onTurnEnd();
    events.push(event);
    if (event.type === 'turn-end') events.close();
  }

  return {
    events,
    tell: (told) => told.forEach(take),
    listener: {
      onMessage(message) {
        try {
          reader.read(message).forEach(take);
        } catch (error) {
          events.close(error);
        }
      },
      onEnd: (failure) => events.close(started ? lostInMidAnswer(failure) : failure),
    },
    release() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
