const marker = Symbol.for('claude-code-api.gateway-error');

/** What an error says beside its message. See `GatewayError`. */
export interface GatewayErrorOptions {
  /** The HTTP status of the reply, 400 to 599. */
  readonly status: number;
  /** What exactly is wrong, for programs: `model_not_found`, `timeout`... Default: null. */
  readonly code?: string | null | undefined;
  /** The request's field at fault, as a path: `messages[0].role`. Default: null, for no field. */
  readonly param?: string | null | undefined;
  /** Whether the message is written for the caller. If not, the caller gets a general one. Default: true. */
  readonly expose?: boolean;
  /** What the caller has asked too much of, with the status 429. Default: `requests`. */
  readonly resource?: 'requests' | 'tokens';
  /** In how many seconds it is worth trying again: the header `retry-after`. Default: the header is not sent. */
  readonly retryAfterSeconds?: number | undefined;
  /** The id that Anthropic, or who stands in for it, gave the request that failed: for the log, and a header of the reply. */
  readonly upstreamRequestId?: string | undefined;
  /** More headers for the reply. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether clients should try again, whatever the status: the header `x-should-retry`. Default: the header is not sent. */
  readonly shouldRetry?: boolean | undefined;
  /** The option of the gateway that stands in the way, for who runs it: `bodies.maxBytes`. See `GatewayOptions.optionNames`. */
  readonly option?: string | undefined;
  /** What was thrown before, for the log; callers never see it. */
  readonly cause?: unknown;
}

/**
 * The one error of this project: thrown anywhere, turned into a wire error in one place. Its fields are those of `GatewayErrorOptions`, with
 * their defaults.
 */
export class GatewayError extends Error {
  readonly status: number;
  readonly code: string | null;
  readonly param: string | null;
  readonly expose: boolean;
  readonly resource: 'requests' | 'tokens';
  readonly retryAfterSeconds: number | undefined;
  readonly shouldRetry: boolean | undefined;
  readonly upstreamRequestId: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly option: string | undefined;
  readonly [marker] = true;

  constructor(message: string, options: GatewayErrorOptions) {
    super(message, { cause: options.cause });
    this.name = 'GatewayError';
    this.status = options.status;
    this.code = options.code ?? null;
    this.param = options.param ?? null;
    this.expose = options.expose ?? true;
    this.resource = options.resource ?? 'requests';
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.shouldRetry = options.shouldRetry;
    this.upstreamRequestId = options.upstreamRequestId;
    this.headers = options.headers ?? {};
    this.option = options.option;
  }

  /** A copy in which some things are otherwise; its cause is this error. The only way to change one: nothing gets lost. */
  with(changes: Partial<GatewayErrorOptions & { readonly message: string }>): GatewayError {
    const { message, ...same } = this;
    return new GatewayError(changes.message ?? message, { ...same, cause: this, ...changes });
  }

  /** Tells a `GatewayError` apart, also one that another copy of this package has made. */
  static isInstance(value: unknown): value is GatewayError {
    return typeof value === 'object' && value !== null && marker in value;
  }
}

/** The 400 for a request that can't be as it is. `message` says what to do; `param` is the field at fault, undefined for none. */
export function badRequest(message: string, param: string | undefined, code = 'invalid_value'): GatewayError {
  return new GatewayError(message, { status: 400, code, param });
}
