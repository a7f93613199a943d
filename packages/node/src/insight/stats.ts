import type { RunnerState } from '../runner/process/runner-insight.ts';

/** What `GET /stats` answers. Names as on the wire; times in milliseconds unless they say otherwise; percentiles are estimated from histograms. */
export interface Stats {
  readonly object: 'stats';
  /** Unix time in seconds. */
  readonly started_at: number;
  readonly uptime_seconds: number;
  readonly since_start: StatsWindow;
  /** The same for the last minutes, `1`, `5` and `15`, as far as the server has run that long, and to five seconds. */
  readonly last_minutes: Readonly<Record<'1' | '5' | '15', StatsWindow>>;
  readonly now: {
    readonly turns: { readonly running: number; readonly queued: number };
    /** Absent without a CLI runner. */
    readonly runner?: RunnerStats;
    /** The running requests for which Claude is asked, the oldest first, 100 at most; those in the background are not among them. */
    readonly requests: readonly RequestStats[];
    /** How the limits of keys stand; none of one without limits. */
    readonly limits: readonly KeyLimitStats[];
    /** The memory of this server's own process. */
    readonly memory_bytes: number;
  };
  /** The last 15 minutes in steps of 10 seconds, the oldest first. */
  readonly timeline: readonly TimelinePoint[];
}

export interface RequestStats {
  /** For `DELETE /requests/{id}`. */
  readonly id: string;
  /** Its `x-request-id`, which its caller may have chosen. */
  readonly request_id: string;
  readonly route: string;
  /** Empty without one. */
  readonly key: string;
  readonly model: string;
  /** Empty for none. */
  readonly profile: string;
  readonly streamed: boolean;
  readonly running_ms: number;
}

export interface KeyLimitStats {
  readonly key: string;
  /** The setting's: `tokens_per_day`. */
  readonly name: string;
  readonly limit: number;
  /** Below 0 when more was used. */
  readonly left: number;
  readonly full_in_ms: number;
}

export interface StatsWindow {
  readonly requests: {
    readonly total: number;
    /** Answered with an error status, or with an error in the stream. */
    readonly failed: number;
    /** Left by their callers. */
    readonly left: number;
    /** `POST /v1/chat/completions`: how many. */
    readonly by_route: Readonly<Record<string, number>>;
    readonly by_status: Readonly<Record<string, number>>;
    readonly by_model: Readonly<Record<string, number>>;
    readonly by_key: Readonly<Record<string, number>>;
  };
  readonly tokens: TokenCounts & {
    readonly by_model: Readonly<Record<string, TokenCounts>>;
    readonly by_key: Readonly<Record<string, TokenCounts>>;
  };
  readonly cost_usd: number;
  readonly cost_usd_by_key: Readonly<Record<string, number>>;
  readonly first_token_ms: Percentiles;
  /** How long requests took, on the routes on which a model is asked for. */
  readonly duration_ms: Percentiles;
  readonly queue_ms: Percentiles;
  readonly cache: { readonly hit: number; readonly miss: number; readonly shared: number; readonly bypass: number };
  readonly cli: {
    readonly processes_started: number;
    readonly processes_failed: number;
    readonly turns_retried: number;
    readonly tools_denied: number;
  };
}

export interface TokenCounts {
  readonly input: number;
  readonly cache_read: number;
  readonly cache_write: number;
  /** Reasoning included. */
  readonly output: number;
  readonly reasoning: number;
}

/** Null where there is nothing to tell. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
}

export interface RunnerStats {
  readonly cli_version: string;
  readonly processes: {
    readonly idle: number;
    readonly starting: number;
    readonly live: number;
    readonly live_memory_bytes: number;
    readonly live_memory_kind: RunnerState['processes']['liveMemoryKind'];
    readonly all: number;
  };
  readonly circuit: RunnerState['circuit'];
  readonly login_refused: boolean;
  readonly mcp_servers: RunnerState['mcpServers'];
  /** Where turns run on other machines. */
  readonly machines?: RunnerState['machines'];
}

/** What happened in ten seconds, and how it was at their end. */
export interface TimelinePoint {
  /** Unix time in seconds, of the end. */
  readonly time: number;
  readonly requests: number;
  readonly failed: number;
  /** Input tokens of all kinds: `input`, `cache_read` and `cache_write`. */
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_usd: number;
  readonly first_token_ms: Percentiles;
  readonly duration_ms: Percentiles;
  readonly running: number;
  readonly queued: number;
  readonly processes: number;
  readonly live_memory_bytes: number;
}
