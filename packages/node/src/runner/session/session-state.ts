import { bareId } from '@claude-code-api/gateway/runner-kit';
import type { CliMessage } from '../process/cli-message.ts';
import type { CliProcessError } from '../process/cli-process-error.ts';
import type { CliProcess } from '../process/cli-process.ts';
import type { FollowedTurn } from './follow-turn.ts';
import type { HistoryFeed } from './history-feed.ts';
import type { SessionReader } from './session-ways.ts';

/**
 * Where a session stands:
 *
 *     starting ─► answering ─┬─► idle ──────────► answering
 *                            ├─► ending ─► idle              the caller has the end, the CLI's own `result` is to come
 *                            ├─► holding-calls ─► answering  by the results of the calls
 *                            └─► over                        and from all others, when the process ends
 *
 * | state         | what the CLI says then                                                                       |
 * | ------------- | -------------------------------------------------------------------------------------------- |
 * | starting      | it takes what was said before                                                                |
 * | answering     | it is the turn's                                                                             |
 * | ending        | a `result` that is no error makes it idle; another answer, or nothing in time, is its end     |
 * | holding-calls | results of its own tools are kept for the next turn; an answer to the calls is its end        |
 * | idle, over    | it means nothing                                                                             |
 */
export type SessionState =
  | { readonly name: 'starting' | 'idle' | 'over' }
  | { readonly name: 'answering'; readonly turn: Omit<FollowedTurn, 'events'> }
  | { readonly name: 'ending'; readonly onLeave: () => void }
  /** By `bareId`. */
  | { readonly name: 'holding-calls'; readonly calls: ReadonlySet<string> };

export interface SessionStateOptions {
  readonly cli: Pick<CliProcess, 'kill' | 'stop'>;
  readonly history: Pick<HistoryFeed, 'hear' | 'fail'>;
  /** Whether the process is good for one turn only. */
  readonly singleTurn: boolean;
  /** The longest wait for the CLI to end a turn too. */
  readonly endTimeoutMs: number;
}

export interface SessionStates {
  readonly now: SessionState;
  /** Resolves when the CLI has ended the last turn too. */
  readonly settled: Promise<void>;
  /** A turn begins. It is told at once what came for it before. */
  begin(turn: Omit<FollowedTurn, 'events'>): void;
  /** The turn has ended for the caller, by the CLI's `result` or before that. */
  end(reader: Pick<SessionReader, 'outcome' | 'answer'>, byResult: boolean): void;
  /** Nobody wants the session any more. */
  abandon(): void;
  /** The CLI has said something, whatever it was. */
  notice(): void;
  hear(message: CliMessage): void;
  fail(failure: CliProcessError): void;
}

export function createSessionStates({ cli, history, singleTurn, endTimeoutMs }: SessionStateOptions): SessionStates {
  let state: SessionState = { name: 'starting' };
  let settled = Promise.resolve();
  /** What the CLI said of its own calls while those of the caller were open. */
  let late: CliMessage[] = [];

  function become(next: SessionState): void {
    const before = state;
    if (before.name !== 'over') state = next;
    if (before.name === 'ending') before.onLeave();
  }

  function stop(): void {
    become({ name: 'over' });
    void cli.stop();
  }

  /** Left alone the CLI would go on by itself, at the caller's cost. */
  function kill(): void {
    become({ name: 'over' });
    cli.kill();
  }

  function waitForResult(): void {
    settled = new Promise((resolve) => {
      // Nobody is to wait for a `result` that does not come.
      const timer = setTimeout(kill, endTimeoutMs);
      const onLeave = (): void => {
        clearTimeout(timer);
        resolve();
      };
      become({ name: 'ending', onLeave });
    });
  }

  return {
    get now() {
      return state;
    },
    get settled() {
      return settled;
    },
    begin(turn) {
      become({ name: 'answering', turn });
      const missed = late;
      late = [];
      for (const message of missed) turn.hear(message);
    },
    end({ outcome, answer }, byResult) {
      if (outcome === 'calling') {
        const calls = answer.flatMap((block) => (block.type === 'tool_use' ? [bareId(block.id)] : []));
        become({ name: 'holding-calls', calls: new Set(calls) });
      } else if (outcome === 'runaway' && !byResult) kill();
      else if (outcome === 'runaway' || singleTurn) stop();
      else if (byResult) become({ name: 'idle' });
      else waitForResult();
    },
    abandon: stop,
    notice() {
      if (state.name === 'answering') state.turn.notice();
    },
    hear(message) {
      if (state.name === 'starting') history.hear(message);
      else if (state.name === 'answering') state.turn.hear(message);
      else if (state.name === 'ending') {
        if (message.type === 'result' && !message.is_error) become({ name: 'idle' });
        else if (message.type === 'result' || startsAnswer(message)) kill();
      } else if (state.name === 'holding-calls') {
        if (message.type === 'user') late.push(message);
        if (startsAnswer(message)) kill();
      }
    },
    fail(failure) {
      const before = state;
      become({ name: 'over' });
      if (before.name === 'starting') history.fail();
      if (before.name === 'answering') before.turn.fail(failure);
    },
  };
}

function startsAnswer(message: CliMessage): boolean {
  return message.type === 'stream_event' && message.event.type === 'message_start';
}
