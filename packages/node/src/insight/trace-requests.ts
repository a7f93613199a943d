import {
  context,
  createNoopMeter,
  metrics,
  propagation,
  ProxyTracerProvider,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type TextMapGetter,
} from '@opentelemetry/api';
import type { Insight, RequestFacts, RequestTrace } from '@claude-code-api/gateway';
import { ownVersion } from '../own-version.ts';
import { safely } from '../basics/safely.ts';
import { createLabelValues } from './labels.ts';
import { createTelemetryInstruments, type TelemetryInstruments } from './telemetry-instruments.ts';
import { traceTurn, type TraceTurnOptions } from './trace-turn.ts';

const scope = '@claude-code-api/node';
const knownMethods: ReadonlySet<string> = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']);

const headers: TextMapGetter<Headers> = {
  get: (carrier, key) => carrier.get(key) ?? undefined,
  keys: (carrier) => [...carrier.keys()],
};

/**
 * Tells whatever SDK of OpenTelemetry the process has of requests and turns, by its API; without one it does nothing. What people say, and what
 * Claude answers, is in none of it. What fails in the SDK is as if there were none.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 */
export function traceRequests(): NonNullable<Insight['requestBegan']> {
  const version = ownVersion();
  const toModel = createLabelValues();
  let instruments: TelemetryInstruments | undefined;
  return (request, route, id) => {
    try {
      if (isUnheard() || isWatching(request, route)) return undefined;
      // Not before there is an SDK: instruments do not find one that comes later.
      instruments ??= createTelemetryInstruments(metrics.getMeter(scope, version));
      return traceRequest(request, { route, id, tracer: trace.getTracer(scope, version), instruments, toModel });
    } catch {
      return undefined;
    }
  };
}

function isUnheard(): boolean {
  const provider = trace.getTracerProvider();
  const isUntraced = provider instanceof ProxyTracerProvider && provider.getDelegateTracer(scope) === undefined;
  return isUntraced && metrics.getMeter(scope) === createNoopMeter();
}

/** What asks how the server is, every few seconds, is no use of it. */
function isWatching({ method }: Request, route: string): boolean {
  return method === 'GET' && !route.startsWith('/v1/');
}

interface TraceRequestOptions extends Omit<TraceTurnOptions, 'parent'> {
  readonly route: string;
  readonly id: string;
}

function traceRequest(request: Request, { route, id, ...tracing }: TraceRequestOptions): RequestTrace {
  const { tracer, instruments } = tracing;
  const startedAt = performance.now();
  const active = context.active();
  // The server in which the app is mounted may follow the request already.
  const isServer = trace.getSpan(active) === undefined;
  const parent = isServer ? propagation.extract(active, request.headers, headers) : active;
  const about = aboutRequest(request, route);
  const span = tracer.startSpan(
    route === 'unknown' ? about.method : `${about.method} ${route}`,
    { kind: isServer ? SpanKind.SERVER : SpanKind.INTERNAL, attributes: { ...about.attributes, 'claude_code_api.request_id': id } },
    parent,
  );
  const within: Context = trace.setSpan(parent, span);
  return {
    turnBegan(turn, queuedAt) {
      try {
        return traceTurn(turn, queuedAt, { parent: within, ...tracing });
      } catch {
        return { turn, told() {}, ended() {} };
      }
    },
    ended: safely((facts) => {
      const result = resultOf(facts);
      span.setAttributes({ ...result, ...ownFacts(facts) });
      // What is the caller's fault is no error of the server; one in a stream has come after a good status.
      if (facts.outcome === 'error' && (facts.status >= 500 || facts.status < 400)) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
      if (isServer) instruments.requestDuration.record((performance.now() - startedAt) / 1000, { ...about.labels, ...result });
    }),
  };
}

function aboutRequest(request: Request, route: string): { method: string; attributes: Attributes; labels: Attributes } {
  const { protocol, hostname, port, pathname } = new URL(request.url);
  const isKnown = knownMethods.has(request.method);
  const labels = {
    'http.request.method': isKnown ? request.method : '_OTHER',
    'url.scheme': protocol.slice(0, -1),
    ...(route !== 'unknown' && { 'http.route': route }),
  };
  const userAgent = request.headers.get('user-agent');
  return {
    method: isKnown ? request.method : 'HTTP',
    labels,
    attributes: {
      ...labels,
      'url.path': pathname,
      'server.address': hostname,
      ...(port !== '' && { 'server.port': Number(port) }),
      ...(userAgent !== null && { 'user_agent.original': userAgent }),
    },
  };
}

function resultOf({ status, outcome, error }: RequestFacts): Attributes {
  return {
    'http.response.status_code': status,
    ...(outcome === 'error' && { 'error.type': error ?? String(status) }),
  };
}

function ownFacts({ outcome, caller, cache, model, profile }: RequestFacts): Attributes {
  return {
    'claude_code_api.outcome': outcome,
    ...(caller !== '' && { 'claude_code_api.key': caller }),
    ...(cache !== undefined && { 'claude_code_api.cache': cache }),
    ...(model !== undefined && { 'gen_ai.request.model': model }),
    ...(profile !== undefined && { 'gen_ai.agent.name': profile }),
  };
}
