import { context, metrics, propagation, trace, type Attributes, type Meter, type MeterProvider, type Tracer } from '@opentelemetry/api';
import type { RequestFacts, Turn, TurnFacts } from '@claude-code-api/gateway';
import { afterEach, expect, test, vi } from 'vitest';
import { traceRequests } from './trace-requests.ts';

afterEach(() => {
  for (const api of [trace, metrics, context, propagation]) api.disable();
});

const request = new Request('http://127.0.0.1/v1/messages', { method: 'POST' });
const turn: Turn = { model: 'sonnet', system: [], messages: [], tools: [], sampling: {}, tenant: '' };
const facts: RequestFacts = {
  ...{ route: '/v1/messages', method: 'POST', status: 200, outcome: 'ok', caller: '', model: 'sonnet', streamed: false, durationMs: 1 },
};
const usage = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, cacheWriteHourTokens: 0, outputTokens: 1, reasoningTokens: 0 };
const turnFacts: TurnFacts = { caller: '', model: 'sonnet', outcome: 'ok', usage, queuedMs: 5 };

const fail = (): never => {
  throw new Error('The SDK fails.');
};

/** A meter that notes the labels of all that it is told. */
function noteLabels(): Attributes[] {
  const noted: Attributes[] = [];
  const createHistogram = () => ({ record: (_: number, labels: Attributes) => void noted.push(labels) });
  metrics.setGlobalMeterProvider({ getMeter: () => ({ createHistogram }) as unknown as Meter } satisfies MeterProvider);
  return noted;
}

test('without an SDK nobody follows a request', () => {
  expect(traceRequests()(request, '/v1/messages', 'id')).toBeUndefined();
});

test('an SDK that fails at once is as none', () => {
  trace.setGlobalTracerProvider({ getTracer: fail });
  expect(traceRequests()(request, '/v1/messages', 'id')).toBeUndefined();
});

test('an SDK that fails later fails no request and no turn', () => {
  const startSpan = vi.fn<Tracer['startSpan']>(() =>
    trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }),
  );
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan }) as unknown as Tracer });
  const createHistogram = () => ({ record: fail });
  metrics.setGlobalMeterProvider({ getMeter: () => ({ createHistogram }) as unknown as Meter });
  const followed = traceRequests()(request, '/v1/messages', 'id');
  const first = followed?.turnBegan(turn, 0);
  expect(first?.turn.trace).toBeDefined();
  startSpan.mockImplementation(fail);
  first?.told({ type: 'activity-start', id: 'a', name: 'Bash', input: {} });
  first?.ended(turnFacts);
  const second = followed?.turnBegan(turn, 0);
  expect(second?.turn).toBe(turn);
  second?.told({ type: 'turn-end', reason: 'end_turn' });
  second?.ended(turnFacts);
  followed?.ended(facts);
  expect(startSpan).toHaveBeenCalledTimes(5);
});

test('metrics tell a hundred models apart, since callers choose the names', () => {
  const noted = noteLabels();
  const follow = traceRequests();
  for (let index = 0; index < 150; index += 1)
    follow(request, '/v1/messages', 'id')
      ?.turnBegan({ ...turn, model: `claude-${index}` }, 0)
      .ended(turnFacts);
  const models = new Set(noted.map((labels) => labels['gen_ai.request.model']));
  expect(models.size).toBe(101);
  expect(models).toContain('other');
});
