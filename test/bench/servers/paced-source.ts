import { sharedClock } from './shared-clock.ts';
import { streamPace } from './stream-pace.ts';

/** Whom a source gives the texts of one stream. */
export interface PacedListener {
  /** The stream's number. */
  readonly stream: number;
  readonly give: (text: string) => void;
  readonly end: () => void;
}

const { streams, eventsEach, everyMs } = streamPace;
const tickMs = 1;
const endAfterMs = 250;

/**
 * Gives texts to many streams at a steady pace, evenly spread, whether they were taken or not; begins when all streams are there, and
 * again with the next ones. They end together, some time after the last text: no text is to wait for what ends a stream. Each text holds the stream's number, its own number, and when it was given.
 */
export function createPacedSource(): (listener: PacedListener) => void {
  let listeners: PacedListener[] = [];

  function begin(all: readonly PacedListener[]): void {
    const beganAt = sharedClock();
    let given = 0;
    const endAll = (): void => {
      for (const { end } of all) end();
    };
    const tick = (): void => {
      const due = Math.min(streams * eventsEach, Math.floor(((sharedClock() - beganAt) / everyMs) * streams));
      for (; given < due; given += 1) {
        const listener = all[given % streams]!;
        const sequence = Math.floor(given / streams);
        listener.give(`${listener.stream} ${sequence} ${sharedClock().toFixed(3)}`);
      }
      if (given < streams * eventsEach) setTimeout(tick, tickMs);
      else setTimeout(endAll, endAfterMs);
    };
    tick();
  }

  return (listener) => {
    listeners.push(listener);
    if (listeners.length < streams) return;
    begin(listeners);
    listeners = [];
  };
}
