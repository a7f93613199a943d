import { propagation, ROOT_CONTEXT, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { GatewayError } from '@claude-code-api/gateway';
import { safely } from '../basics/safely.ts';
import { CliProcessError } from './process/cli-process-error.ts';
import type { Session } from './session/session.ts';

/** Follows one attempt to run a turn: two spans in that of the turn, for having a process, and for what the process does. */
export interface AttemptTrace {
  /** It has a process: one that was kept for its conversation, or one that waited, or was started for it. */
  has(session: Session, isKept: boolean): void;
  /** Once it is over; only the first time. `error` is what it failed with. */
  ended(error?: unknown): void;
}

/**
 * @param carrier `Turn.trace`.
 * @returns Undefined where nobody follows the turn.
 */
export function traceAttempt(carrier: Readonly<Record<string, string>> | undefined): AttemptTrace | undefined {
  if (carrier === undefined) return undefined;
  try {
    return followAttempt(carrier);
  } catch {
    // What fails in the SDK is as if there were none.
    return undefined;
  }
}

function followAttempt(carrier: Readonly<Record<string, string>>): AttemptTrace | undefined {
  const parent = propagation.extract(ROOT_CONTEXT, carrier);
  if (trace.getSpanContext(parent) === undefined) return undefined;
  const tracer = trace.getTracer('@claude-code-api/node');
  const begunAt = performance.now();
  let span: Span | undefined = tracer.startSpan('process', {}, parent);
  return {
    has: safely(({ pid, startedAt }, isKept) => {
      const origin = isKept ? 'kept' : startedAt >= begunAt ? 'started' : 'waiting';
      const attributes = { 'claude_code_api.process.origin': origin, ...(pid !== undefined && { 'process.pid': pid }) };
      span?.setAttributes(attributes).end();
      span = tracer.startSpan('cli', { attributes }, parent);
    }),
    ended: safely((error?: unknown) => {
      const type = typeOf(error);
      if (type !== undefined) span?.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
      span?.end();
      span = undefined;
    }),
  };
}

/** Undefined for what is no failure: whoever leaves ends the turn. */
function typeOf(error: unknown): string | undefined {
  if (error instanceof CliProcessError) return `process_${error.kind}`;
  return GatewayError.isInstance(error) ? (error.code ?? String(error.status)) : undefined;
}
