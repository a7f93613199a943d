import type { Answer } from './ask.ts';
import type { Ended } from '../problems/ended.ts';
import type { Fault } from '../problems/fault.ts';

export interface Call {
  /** Nobody else has it; each message of the call makes one of its own of it. */
  readonly token: string;
  /**
   * Asks, and reads the answer to its end.
   *
   * @throws What is not HTTP or not an answer; an abort.
   */
  readonly ask: (body: object) => Promise<Answer>;
  /** Asks, streamed, and leaves as soon as something was said, or after so many milliseconds. */
  readonly leave: (body: object, afterMs?: number) => Promise<Ended>;
}

/** What asks as one kind of client does: one request, or several that belong together. Each that ends is told before the next. */
export interface Caller {
  readonly kind: string;
  /** What it asks for to go wrong. */
  readonly fault?: Fault | undefined;
  call(call: Call): AsyncGenerator<Ended, void, undefined>;
}
