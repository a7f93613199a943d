import type { TurnEvent } from '../turn/turn-event.ts';
import type { Turn } from '../turn/turn.ts';
import type { Usage } from '../turn/usage.ts';

/** Is told of requests and turns as they begin and end, and answers `/stats`, `/metrics` and `/dashboard`. None of its functions may throw. */
export interface Insight {
  /**
   * Begins to follow a request as it goes on, by a span for instance. Undefined: nobody looks. Absent: nobody ever does.
   *
   * @param route As in `RequestFacts`.
   * @param id The caller's own id of it, or a new one.
   */
  requestBegan?(request: Request, route: string, id: string): RequestTrace | undefined;
  requestEnded(facts: RequestFacts): void;
  /** Is told of a request once it is known which model it asks for. What it gives is called at the request's end. Absent: nobody looks. */
  requestRuns?(running: RunningRequest): () => void;
  /** Cancels a running request, by the name that `stats` has for it. It gives whether there was one. Absent: there is none. */
  cancelRequest?(id: string): boolean;
  turnEnded(facts: TurnFacts): void;
  /** Names what tells how the gateway is; it is asked every few seconds. `createGateway` calls it once. */
  watchGateway(read: () => GatewayState): void;
  /** What `GET /stats` answers, as JSON. */
  stats(): Promise<object>;
  /** What `GET /metrics` answers, in Prometheus' text format. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** What `GET /dashboard` answers: a page that reads `stats` beside it. Absent: there is none. */
  readonly dashboard?: Page;
}

/** A page for people: its HTML, and the value of its header `content-security-policy`. */
export interface Page {
  readonly html: string;
  readonly policy: string;
}

/** A request that Claude is asked for. */
export interface RunningRequest extends Pick<RequestFacts, 'route' | 'caller' | 'model' | 'profile' | 'streamed'> {
  /** The caller's own id of it, or a new one: another may have the same. */
  readonly requestId: string;
  /** Ends it, with an error that its caller is told. */
  cancel(): void;
}

/** Follows one request. None of its functions may throw. */
export interface RequestTrace {
  /** Begins to follow a turn of it, which waits for its place since `queuedAt`, by `performance.now()`. A turn that is run again is another one. */
  turnBegan(turn: Turn, queuedAt: number): TurnTrace;
  /** All of its reply has been said, or its caller has left. Turns of it may go on. */
  ended(facts: RequestFacts): void;
}

/** Follows one turn. None of its functions may throw. */
export interface TurnTrace {
  /** The turn as it is to be run, with a `trace` that names this. */
  readonly turn: Turn;
  /** Is told each event, before the caller. */
  told(event: TurnEvent): void;
  /** Once; `error` is what it failed with. */
  ended(facts: TurnFacts, error?: unknown): void;
}

/** A request that was answered, refused, or left by its caller. */
export interface RequestFacts {
  /** The route's pattern, such as `/v1/conversations/:id`; `unknown` for none. */
  readonly route: string;
  readonly method: string;
  /** The status that was sent; 499 when the caller had left before there was one. */
  readonly status: number;
  /** How it ended: whole, with an error (in the stream, for one), or left by its caller. */
  readonly outcome: 'ok' | 'error' | 'left';
  /** The error's code or type. */
  readonly error?: string | undefined;
  /** The caller's name; empty for one without. */
  readonly caller: string;
  /** The model that was asked for, once it is known to exist. */
  readonly model?: string | undefined;
  readonly profile?: string | undefined;
  readonly streamed: boolean;
  readonly cache?: 'hit' | 'miss' | 'shared' | 'bypass' | undefined;
  /** From the request to its first event of the model; absent where there was none. */
  readonly firstTokenMs?: number | undefined;
  readonly durationMs: number;
}

/** A turn that ran, to its end or not. A request may need several, or none. */
export interface TurnFacts {
  readonly caller: string;
  readonly model: string;
  readonly profile?: string | undefined;
  /** How it ended: well, with an error, or cut since nobody wanted it any more. */
  readonly outcome: 'ok' | 'error' | 'left';
  /** As far as it is known: of a turn that did not end, the output is estimated. */
  readonly usage: Usage;
  readonly costUsd?: number | undefined;
  /** How long it waited for a place, or until it was refused one. */
  readonly queuedMs: number;
}

/** How the gateway is, now. */
export interface GatewayState {
  readonly turns: { readonly running: number; readonly queued: number };
}
