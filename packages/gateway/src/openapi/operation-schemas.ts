import * as z from 'zod';

const count = z.number().nonnegative();
const counts = z.record(z.string(), count);
const percentiles = z.strictObject({ p50: z.number().nullable(), p90: z.number().nullable(), p99: z.number().nullable() });
const tokens = z.strictObject({ input: count, cache_read: count, cache_write: count, output: count, reasoning: count });

const window = z.strictObject({
  requests: z.strictObject({
    ...{ total: count, failed: count, left: count },
    ...{ by_route: counts, by_status: counts, by_model: counts, by_key: counts },
  }),
  tokens: tokens.extend({ by_model: z.record(z.string(), tokens), by_key: z.record(z.string(), tokens) }),
  ...{ cost_usd: count, cost_usd_by_key: counts, first_token_ms: percentiles, duration_ms: percentiles, queue_ms: percentiles },
  cache: z.strictObject({ hit: count, miss: count, shared: count, bypass: count }),
  cli: z.strictObject({ processes_started: count, processes_failed: count, turns_retried: count, tools_denied: count }),
});
const point = z.strictObject({
  time: count.describe('Unix time in seconds, of the end of ten seconds'),
  ...{ requests: count, failed: count, input_tokens: count, output_tokens: count, cost_usd: count },
  ...{ first_token_ms: percentiles, duration_ms: percentiles },
  ...{ running: count, queued: count, processes: count, live_memory_bytes: count },
});
const machine = z.looseObject({
  status: z.enum(['ok', 'gone', 'unwell', 'draining', 'unknown']),
  ...{ places: count, running: count, queued: count, warm: count, live: count, load: count },
});
const running = z.strictObject({
  ...{ id: z.string().describe('for `DELETE /requests/{id}`'), request_id: z.string(), route: z.string(), key: z.string() },
  ...{ model: z.string(), profile: z.string(), streamed: z.boolean(), running_ms: count },
});
const keyLimit = z.strictObject({ key: z.string(), name: z.string(), limit: count, left: z.number(), full_in_ms: count });
const circuit = z.enum(['closed', 'open', 'half-open']);
const turns = z.strictObject({ running: count, queued: count });

/** How the server is and was, by the names that the document has for it. */
export const operationSchemas = {
  StatsPercentiles: percentiles,
  StatsTokens: tokens,
  StatsWindow: window,
  Health: z
    .looseObject({
      status: z.enum(['ok', 'unavailable', 'stopping']),
      problem: z.string().optional().describe('why turns would fail'),
      turns: turns.optional(),
    })
    .describe(
      'Beside `status` and `problem` only callers with `admin`, and all where there are no keys, are told more: of the CLI, its processes, or machines.',
    ),
  RequestDeleted: z.strictObject({ id: z.string(), object: z.literal('request'), deleted: z.literal(true) }),
  Stats: z
    .strictObject({
      ...{ object: z.literal('stats'), started_at: count.describe('Unix time in seconds'), uptime_seconds: count },
      ...{ since_start: window, last_minutes: z.strictObject({ '1': window, '5': window, '15': window }) },
      now: z.strictObject({
        ...{ turns, memory_bytes: count, requests: z.array(running), limits: z.array(keyLimit) },
        runner: z
          .strictObject({
            cli_version: z.string(),
            processes: z.strictObject({
              ...{ idle: count, starting: count, live: count, live_memory_bytes: count, live_memory_kind: z.string(), all: count },
            }),
            ...{ circuit, login_refused: z.boolean(), mcp_servers: z.record(z.string(), z.record(z.string(), z.string())) },
            machines: z.record(z.string(), machine).optional(),
          })
          .optional(),
      }),
      timeline: z.array(point).describe('the last 15 minutes in steps of 10 seconds, the oldest first'),
    })
    .describe(
      'Times in milliseconds unless they say otherwise; percentiles are estimated from histograms, null where there is nothing to tell.',
    ),
};
