/** Who sends a request, as the operator knows them. */
export interface Caller {
  /** Nothing that is kept for one tenant is shown to, or matched with, another. */
  readonly tenant: string;
  /** What the log, the statistics and the queue know them by. Default: the tenant. */
  readonly name?: string;
  /** The models that they may name, by any of their names. Default: all. */
  readonly models?: readonly string[];
  /** The profiles that they may name beside the default one; others do not exist for them. Default: all. */
  readonly profiles?: readonly string[];
  /** Default: none but the server's own. */
  readonly limits?: CallerLimits;
  /** Whether they may read `/stats`, `/metrics` and the details of `/health`, which tell of all callers. Default: false. */
  readonly admin?: boolean;
}

/** What a caller may use at most. Absent: as much as the server gives. Days and months are those of UTC. */
export interface CallerLimits {
  readonly requestsPerMinute?: number;
  /** Tokens of all kinds but those read from the prompt cache. A turn that goes beyond it ends well, and those after it wait. */
  readonly tokensPerMinute?: number;
  readonly concurrentTurns?: number;
  readonly tokensPerDay?: number;
  readonly tokensPerMonth?: number;
  /** US dollars. A model is refused of which the runner does not know what it costs. */
  readonly usdPerDay?: number;
  readonly usdPerMonth?: number;
}
