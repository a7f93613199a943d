import { GatewayError } from '../gateway-error.ts';
import type { ClaudeRunner, RunnerHealth, RunnerModel } from '../ports/claude-runner.ts';
import { turnTimedOut } from '../turn/turn-timed-out.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { textBlock } from '../turn/block-events.ts';
import type { Turn } from '../turn/turn.ts';
import { noUsage } from '../turn/usage.ts';
import { scriptBlocks, type ScriptEvent } from './script-blocks.ts';

/** What a scripted runner does with a turn: events and waits in order, or something thrown in their place. It puts the events into blocks. */
export type Script = (turn: Turn, signal: AbortSignal) => AsyncIterable<ScriptEvent> | Iterable<ScriptEvent>;

/** A runner that answers from a script, and remembers what it was asked. */
export interface ScriptedRunner extends ClaudeRunner {
  /** Every turn that was asked for, oldest first. */
  readonly turns: readonly Turn[];
}

/** What a scripted runner answers. */
export interface ScriptedRunnerOptions {
  /** Default: answers every turn with `Hello world` in two deltas. */
  readonly script?: Script;
  readonly models?: readonly RunnerModel[];
  readonly health?: RunnerHealth;
  /** Default: nobody knows what models cost. */
  readonly costOf?: ClaudeRunner['costOf'];
  /** Default: it counts no tokens. */
  readonly countTokens?: ClaudeRunner['countTokens'];
  /** Whether turns are kept for `turns`; off for load tests. Default: true. */
  readonly keepTurns?: boolean;
}

/** A runner for tests that answers from a script, without any process. */
export function createScriptedRunner(options: ScriptedRunnerOptions = {}): ScriptedRunner {
  const script = options.script ?? textScript(['Hello ', 'world']);
  const turns: Turn[] = [];
  const closing = new AbortController();
  /** Ends each turn that runs. Turns are many, and a signal warns of more than ten that listen to it. */
  const running = new Set<(reason: unknown) => void>();
  return {
    specificationVersion: 1,
    turns,
    ...(options.costOf !== undefined && { costOf: options.costOf }),
    ...(options.countTokens !== undefined && { countTokens: options.countTokens }),
    async *run(turn, signal, spending) {
      signal.throwIfAborted();
      closing.signal.throwIfAborted();
      spending?.sent();
      if (options.keepTurns !== false) turns.push(turn);
      const events = script(turn, signal);
      if (Symbol.asyncIterator in events) yield* untilAborted(events, signal, running, turn.timeoutMs);
      else {
        const toBlocks = scriptBlocks();
        for (const event of events) {
          signal.throwIfAborted();
          closing.signal.throwIfAborted();
          // One by one: to delegate takes several asynchronous steps more for each.
          for (const told of toBlocks(event)) yield told;
        }
      }
    },
    models: async () => options.models ?? [{ id: 'sonnet', resolvedId: 'claude-sonnet-5-5', displayName: 'Sonnet' }],
    health: async () => options.health ?? { healthy: true, details: {} },
    async close() {
      closing.abort(shuttingDown());
      for (const end of running) end(closing.signal.reason);
    },
  };
}

/** Gives what a script gives, and stops in the middle of its waits too. */
async function* untilAborted(
  events: AsyncIterable<ScriptEvent>,
  signal: AbortSignal,
  running: Set<(reason: unknown) => void>,
  timeoutMs: number | undefined,
): AsyncGenerator<TurnEvent, void, undefined> {
  const iterator = events[Symbol.asyncIterator]();
  const toBlocks = scriptBlocks();
  const { promise: aborted, reject: end } = withReject();
  const onAbort = (): void => end(signal.reason);
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => end(turnTimedOut(timeoutMs)), timeoutMs);
  signal.addEventListener('abort', onAbort, { once: true });
  running.add(end);
  // Nobody may be waiting when it comes.
  aborted.catch(() => {});
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await Promise.race([aborted, iterator.next()]);
      if (next.done === true) return;
      for (const told of toBlocks(next.value)) yield told;
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    running.delete(end);
    // A script that waits for what never comes does not hear of it; so it is not waited for.
    void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

function withReject(): { readonly promise: Promise<never>; readonly reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_, fail) => (reject = fail));
  return { promise, reject };
}

function shuttingDown(): GatewayError {
  return new GatewayError('The runner is closed.', { status: 503, code: 'shutting_down' });
}

/** A script that answers with the given text deltas. */
export function textScript(deltas: readonly string[]): Script {
  return (turn) => [
    { type: 'turn-start', model: turn.model, usage: noUsage },
    ...textBlock(0, deltas),
    { type: 'usage', usage: { ...noUsage, inputTokens: 10, outputTokens: deltas.length } },
    { type: 'turn-end', reason: 'end_turn' },
  ];
}
