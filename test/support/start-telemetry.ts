import { api, metrics, NodeSDK, tracing } from '@opentelemetry/sdk-node';
import { until } from './until.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** A span that has ended, as far as tests look at it. */
export interface EndedSpan {
  readonly name: string;
  /** `internal`, `server`, `client`... */
  readonly kind: string;
  readonly id: string;
  readonly traceId: string;
  readonly parentId: string | undefined;
  readonly attributes: Attributes;
  readonly isError: boolean;
  readonly durationMs: number;
}

export interface Telemetry {
  /** Those that have ended, in that order. */
  spans(): EndedSpan[];
  /** Waits until so many have ended, and gives them; without those of turns that wait for their places, which on a busy machine any may do. */
  untilSpans(count: number): Promise<EndedSpan[]>;
  /** Each series of a metric. */
  readMetric(name: string): Promise<{ readonly attributes: Attributes; readonly count: number; readonly sum: number }[]>;
  /** Forgets the spans. */
  reset(): void;
  close(): Promise<void>;
}

const kinds = ['internal', 'server', 'client', 'producer', 'consumer'];

/** Starts the SDK of OpenTelemetry in this process, with exporters in memory. One of them in the life of a process. */
export function startTelemetry(): Telemetry {
  const exporter = new tracing.InMemorySpanExporter();
  const metricExporter = new metrics.InMemoryMetricExporter(metrics.AggregationTemporality.CUMULATIVE);
  const reader = new metrics.PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3_600_000 });
  const sdk = new NodeSDK({
    autoDetectResources: false,
    spanProcessors: [new tracing.SimpleSpanProcessor(exporter)],
    metricReaders: [reader],
    logRecordProcessors: [],
  });
  sdk.start();
  const spans = (): EndedSpan[] => exporter.getFinishedSpans().map(toEndedSpan);
  return {
    spans,
    async untilSpans(count) {
      const ended = (): EndedSpan[] => spans().filter(({ name }) => name !== 'queue');
      await until(
        () => ended().length >= count,
        () => `${count} spans: ${JSON.stringify(spans())}`,
      );
      return ended();
    },
    async readMetric(name) {
      await reader.forceFlush();
      const all =
        metricExporter
          .getMetrics()
          .at(-1)
          ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
      const points = all.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
      return points.map(({ attributes, value }) => {
        const { count, sum = 0 } = value as metrics.Histogram;
        return { attributes, count, sum };
      });
    },
    reset: () => exporter.reset(),
    close: () => sdk.shutdown(),
  };
}

function toEndedSpan(span: tracing.ReadableSpan): EndedSpan {
  return {
    name: span.name,
    kind: kinds[span.kind] ?? '',
    id: span.spanContext().spanId,
    traceId: span.spanContext().traceId,
    parentId: span.parentSpanContext?.spanId,
    attributes: span.attributes,
    isError: span.status.code === api.SpanStatusCode.ERROR,
    durationMs: span.duration[0] * 1000 + span.duration[1] / 1e6,
  };
}
