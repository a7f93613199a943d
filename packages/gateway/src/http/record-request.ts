import type { Context } from 'hono';
import type { ErrorBody } from '../dialects/dialect.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Caller } from '../ports/caller.ts';
import type { Insight, RequestFacts } from '../ports/insight.ts';
import { type Logger, withFields } from '../ports/logger.ts';
import type { BodyBudget, HeldBytes } from './body/body-budget.ts';
import { toErrorResponse, toGatewayError, toToldError } from './error-response.ts';
import { newRequestRecord } from '../engine/request-context.ts';
import { readJsonBody } from './body/read-json-body.ts';
import { requestIdOf, type RouteContext } from './route.ts';
import { shorten } from '../basics/shorten.ts';

export interface RecordedRequest extends RouteContext {
  /** Nobody, until it is known who asks. */
  caller: Caller;
  /** Makes the reply of a failure. */
  fail(thrown: unknown): Response;
  /** Says with which status the reply begins. It is over then, unless it goes on. */
  answered(status: number): void;
}

export interface RecordRequestOptions {
  /** As the log and the statistics call it. */
  readonly route: string;
  readonly logger: Logger;
  readonly insight: Insight | undefined;
  readonly bodies: BodyBudget;
  /** The largest body that is read. */
  readonly maxBodyBytes: number;
  /** See `GatewayOptions`. */
  readonly optionNames?: Readonly<Record<string, string>> | undefined;
}

/** What an operator has cancelled has not failed: the line of the request says what it was, and is all. */
export const cancelledCode = 'request_cancelled';

const nobody: Caller = { tenant: '' };

/** What asks how the server is, every few seconds, is no use of it. */
const watching: ReadonlySet<string> = new Set(['/', '/health', '/stats', '/metrics', '/dashboard', '/docs', '/openapi.json']);

/** The most characters of a caller's own words in one line of the log. */
const loggedCharacters = 256;

/**
 * Follows a request from here to the end of its reply, and then tells of it, once: in one line of the log, and in the statistics. Until
 * then it holds its body's bytes.
 */
export function recordRequest(c: Context, errorBody: ErrorBody, options: RecordRequestOptions): RecordedRequest {
  const { route, logger, insight } = options;
  const startedAt = performance.now();
  const id = requestIdOf(c.req.raw);
  const requestLogger = withFields(logger, { requestId: id });
  const record = newRequestRecord();
  const trace = insight?.requestBegan?.(c.req.raw, route, id);
  let status = 200;
  let goesOn = false;
  let isOver = false;
  let outcome: RequestFacts['outcome'] = 'ok';
  let failure: GatewayError | undefined;
  let held: HeldBytes | undefined;
  let forget: (() => void) | undefined;

  function end(): void {
    if (isOver) return;
    isOver = true;
    forget?.();
    const facts: RequestFacts = {
      method: c.req.method,
      status,
      outcome,
      error: failure && (failure.code ?? (failure.status >= 500 ? 'server_error' : 'invalid_request_error')),
      ...asked(),
      cache: record.cache,
      firstTokenMs: record.firstTokenAt === undefined ? undefined : record.firstTokenAt - startedAt,
      durationMs: performance.now() - startedAt,
    };
    // What is left has turns that are only about to stop.
    if (record.underway.size === 0) log(facts);
    else void Promise.all(record.underway).then(() => log(facts));
    trace?.ended(facts);
    if (!isWatching(facts)) insight?.requestEnded(facts);
  }

  function asked(): Pick<RequestFacts, 'route' | 'caller' | 'model' | 'profile' | 'streamed'> {
    const { caller } = request;
    return { route, caller: caller.name ?? caller.tenant, model: record.model, profile: record.profile, streamed: record.streamed };
  }

  function log(facts: RequestFacts): void {
    held?.release();
    const { conversation, ignored, usage, costUsd, upstreamRequestId } = record;
    // What is spread at first makes V8 take a microsecond for each field behind it.
    const line = {
      requestId: id,
      ...facts,
      param: failure?.param ? shorten(failure.param, loggedCharacters) : undefined,
      conversation,
      usage,
      costUsd,
      upstreamRequestId,
      ignored: ignored.length > 0 ? ignored : undefined,
    };
    logger[isWatching(facts) ? 'debug' : 'info'](line, 'request');
  }

  function failed(thrown: unknown): GatewayError {
    failure = toGatewayError(thrown);
    record.upstreamRequestId = failure.upstreamRequestId ?? record.upstreamRequestId;
    return failure;
  }

  function endAs(how: RequestFacts['outcome'], thrown?: unknown): void {
    outcome = how;
    if (how === 'error') failed(thrown);
    end();
  }

  const request: RecordedRequest = {
    id,
    logger: requestLogger,
    caller: nobody,
    record,
    trace,
    toldError: (thrown) => toToldError(toGatewayError(thrown), options.optionNames),
    readJson(empty) {
      held ??= options.bodies(request.caller.tenant);
      return readJsonBody(c.req.raw, { maxBytes: options.maxBodyBytes, held }, empty);
    },
    cancellable:
      insight?.requestRuns &&
      ((caller) => {
        forget = insight.requestRuns?.({ requestId: id, cancel: () => caller.abort(cancelled()), ...asked() });
      }),
    hold(bytes) {
      held ??= options.bodies(request.caller.tenant);
      held.take(bytes);
    },
    goOn() {
      goesOn = true;
      return endAs;
    },
    fail(thrown) {
      goesOn = false;
      const error = failed(thrown);
      if (c.req.raw.signal.aborted) {
        outcome = 'left';
        return new Response(null, { status: 499 });
      }
      outcome = 'error';
      if (error.status >= 500 && error.code !== cancelledCode) requestLogger.error({ error: thrown }, 'a request failed');
      return toErrorResponse(error, errorBody(request.toldError(error), id));
    },
    answered(sent) {
      status = sent;
      if (!goesOn) end();
    },
  };
  return request;
}

function cancelled(): GatewayError {
  return new GatewayError('The operator of this server has cancelled the request.', {
    status: 503,
    code: cancelledCode,
    shouldRetry: false,
  });
}

function isWatching({ outcome, route }: RequestFacts): boolean {
  return outcome === 'ok' && watching.has(route);
}
