import { Counter, Histogram, type Registry } from 'prom-client';

/** What the names of all metrics begin with that are not of the process in general. */
export const metricPrefix = 'claude_code_api_';

/** Upper bounds of the buckets of every latency, in seconds: five to a power of ten, from 1 ms to 630 s. */
export const latencyBounds: readonly number[] = [-3, -2, -1, 0, 1, 2].flatMap((exponent) =>
  // From the text, so that 0.0016 is just that.
  [1, 1.6, 2.5, 4, 6.3].map((mantissa) => Number(`${mantissa}e${exponent}`)),
);

/** What is counted. Seconds, bytes and dollars; every number only grows. */
export type Instruments = ReturnType<typeof createInstruments>;

export function createInstruments(registry: Registry) {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]): Counter<Label> =>
    new Counter({ name: metricPrefix + name, help, labelNames, registers });
  const histogram = <Label extends string>(name: string, help: string, ...labelNames: Label[]): Histogram<Label> =>
    new Histogram({ name: metricPrefix + name, help, labelNames, registers, buckets: [...latencyBounds] });

  const instruments = {
    requests: counter('requests_total', 'Requests that have ended.', 'route', 'method', 'status', 'outcome', 'key'),
    modelRequests: counter('model_requests_total', 'Requests for a model that exists.', 'route', 'model', 'profile', 'streamed'),
    requestErrors: counter('request_errors_total', 'Requests that failed, by the code of their error.', 'error'),
    requestDuration: histogram('request_duration_seconds', 'From a request to the end of its reply.', 'route'),
    firstToken: histogram('first_token_seconds', "From a request to the model's first word."),
    queue: histogram('queue_seconds', 'How long turns waited for their place.'),
    turns: counter('turns_total', 'Turns that have ended.', 'model', 'profile', 'outcome', 'key'),
    tokens: counter('tokens_total', 'Tokens of turns; those of kind `reasoning` are part of `output` too.', 'kind', 'model', 'key'),
    cost: counter('cost_usd_total', 'What turns cost in US dollars, as far as it is known.', 'model', 'key'),
    cache: counter('cache_total', 'Requests by what the response cache had for them.', 'outcome'),
    processesStarted: counter('cli_processes_started_total', 'CLI processes that were started.'),
    processesFailed: counter('cli_processes_failed_total', 'CLI processes that failed.', 'kind'),
    turnsRetried: counter('turns_retried_total', 'Turns that were tried again.', 'reason'),
    toolsDenied: counter('tools_denied_total', 'Uses of tools that an agent was denied.', 'profile', 'tool'),
  };
  // A rate needs to see the way from 0 to 1, so what is known beforehand begins at 0.
  for (const outcome of ['hit', 'miss', 'shared', 'bypass']) instruments.cache.inc({ outcome }, 0);
  for (const kind of ['start', 'ended', 'protocol', 'refused', 'timeout']) instruments.processesFailed.inc({ kind }, 0);
  for (const reason of ['process', 'upstream']) instruments.turnsRetried.inc({ reason }, 0);
  return instruments;
}
