import type { Histogram, Meter } from '@opentelemetry/api';

export interface TelemetryInstruments {
  readonly requestDuration: Histogram;
  readonly turnDuration: Histogram;
  readonly firstChunk: Histogram;
  readonly tokens: Histogram;
}

// The boundaries are those that the conventions ask for.
const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const turnSeconds = Array.from({ length: 14 }, (_, index) => 0.01 * 2 ** index);
const tokenCounts = Array.from({ length: 14 }, (_, index) => 4 ** index);

/** The metrics by the conventions for HTTP servers and for clients of generative AI: toward Claude the gateway is a client. */
export function createTelemetryInstruments(meter: Meter): TelemetryInstruments {
  const histogram = (name: string, unit: string, description: string, explicitBucketBoundaries: number[]): Histogram =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries } });
  return {
    requestDuration: histogram('http.server.request.duration', 's', 'Duration of HTTP server requests.', requestSeconds),
    turnDuration: histogram('gen_ai.client.operation.duration', 's', 'GenAI operation duration.', turnSeconds),
    firstChunk: histogram('gen_ai.client.operation.time_to_first_chunk', 's', 'Time to receive the first chunk.', turnSeconds),
    tokens: histogram('gen_ai.client.token.usage', '{token}', 'Number of input and output tokens used.', tokenCounts),
  };
}
