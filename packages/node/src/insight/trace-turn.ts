import { propagation, SpanKind, SpanStatusCode, trace, type Attributes, type Context, type Span, type Tracer } from '@opentelemetry/api';
import { GatewayError, type Turn, type TurnEvent, type TurnFacts, type TurnTrace } from '@claude-code-api/gateway';
import { safely } from '../basics/safely.ts';
import type { TelemetryInstruments } from './telemetry-instruments.ts';
import { aboutResponse, aboutTurn } from './turn-attributes.ts';

export interface TraceTurnOptions {
  readonly tracer: Tracer;
  /** The span of its request. */
  readonly parent: Context;
  readonly instruments: TelemetryInstruments;
  /** What metrics call a model: callers choose its name, and an SDK keeps each. */
  readonly toModel: (name: string) => string;
}

/** A shorter wait for a place is none. */
const leastQueuedMs = 1;

/** Follows a turn by a span, with spans in it for its wait and for the tools that an agent uses, and by metrics. */
export function traceTurn(turn: Turn, queuedAt: number, { tracer, parent, instruments, toModel }: TraceTurnOptions): TurnTrace {
  const about = aboutTurn(turn, toModel);
  const span = tracer.startSpan(about.name, { kind: SpanKind.CLIENT, attributes: about.attributes, startTime: queuedAt }, parent);
  const within = trace.setSpan(parent, span);
  const carrier: Record<string, string> = {};
  propagation.inject(within, carrier);
  const tools = new Map<string, Span>();
  let firstAt: number | undefined;
  let model: string | undefined;
  let response: Attributes = {};

  function told(event: TurnEvent): void {
    switch (event.type) {
      case 'turn-start':
        ({ model } = event);
        response = { 'gen_ai.response.model': model, ...(event.messageId !== undefined && { 'gen_ai.response.id': event.messageId }) };
        return;
      case 'activity-start': {
        const attributes = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': event.name, 'gen_ai.tool.call.id': event.id };
        tools.set(event.id, tracer.startSpan(`execute_tool ${event.name}`, { attributes }, within));
        return;
      }
      case 'activity-end': {
        const tool = tools.get(event.id);
        tools.delete(event.id);
        if (event.isError) fail(tool, event.denied ? 'denied' : 'tool_error');
        tool?.end();
        return;
      }
      case 'turn-end':
        response = { ...response, 'gen_ai.response.finish_reasons': [toStopReason(event.reason)] };
        return;
      case 'usage':
        return;
      default:
        firstAt ??= performance.now();
    }
  }

  function ended({ outcome, usage, costUsd, queuedMs, caller }: TurnFacts, error: unknown): void {
    const endedAt = performance.now();
    const begunAt = queuedAt + queuedMs;
    const firstSeconds = firstAt === undefined ? undefined : (firstAt - begunAt) / 1000;
    const problem = outcome === 'error' ? typeOf(error) : undefined;
    if (queuedMs >= leastQueuedMs) tracer.startSpan('queue', { startTime: queuedAt }, within).end(begunAt);
    for (const tool of tools.values()) tool.end();
    span.setAttributes({ ...response, ...aboutResponse({ usage, costUsd, firstSeconds }), 'claude_code_api.outcome': outcome });
    if (caller !== '') span.setAttribute('claude_code_api.key', caller);
    if (problem !== undefined) fail(span, problem);
    span.end(endedAt);
    const labels = { ...about.labels, ...(model !== undefined && { 'gen_ai.response.model': toModel(model) }) };
    const failed = problem !== undefined && { 'error.type': problem };
    instruments.turnDuration.record((endedAt - begunAt) / 1000, { ...labels, ...failed });
    if (firstSeconds !== undefined) instruments.firstChunk.record(firstSeconds, labels);
    const input = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
    if (input > 0) instruments.tokens.record(input, { ...labels, 'gen_ai.token.type': 'input' });
    if (usage.outputTokens > 0) instruments.tokens.record(usage.outputTokens, { ...labels, 'gen_ai.token.type': 'output' });
  }

  return { turn: { ...turn, trace: carrier }, told: safely(told), ended: safely(ended) };
}

function fail(span: Span | undefined, type: string): void {
  span?.setAttribute('error.type', type);
  span?.setStatus({ code: SpanStatusCode.ERROR });
}

function typeOf(error: unknown): string {
  return GatewayError.isInstance(error) ? (error.code ?? String(error.status)) : '_OTHER';
}

/** As the API calls it. */
function toStopReason(reason: Extract<TurnEvent, { type: 'turn-end' }>['reason']): string {
  return reason === 'context_window' ? 'model_context_window_exceeded' : reason;
}
