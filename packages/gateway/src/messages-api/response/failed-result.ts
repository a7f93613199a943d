/** What is known of a turn that has failed upstream, as the CLI tells it. */
export interface FailedResult {
  /** What was said of it. */
  readonly result?: string | null | undefined;
  /** The API's HTTP status; absent where it has not answered. */
  readonly api_error_status?: number | null | undefined;
  /** Why the CLI has ended the turn. */
  readonly terminal_reason?: string | null | undefined;
}

/** How a turn ends that the CLI itself holds for too long, or whose answer from the API it has understood so. */
const tooLongReasons: ReadonlySet<string> = new Set(['prompt_too_long', 'blocking_limit', 'rapid_refill_breaker']);

/** In the words of Anthropic, Bedrock, and the gateways that stand in for them. */
const tooLong = [
  /prompt is too long/i,
  /input is too long( for requested model|\.?$)/i,
  /input length and `?max_tokens`? exceed context limit/i,
  /context_length_exceeded|context ?window ?exceeded/i,
  /maximum (context|prompt) (length|limit)/i,
  /(exceeds?|longer than) (the |your |this |model's )*(maximum |available )?(model )?(context|input token)/i,
  /(too many (input )?tokens|input tokens? length too long|exceeds the maximum number of tokens allowed)/i,
];

/** Whether a turn failed since what it was asked is longer than the model can take: the same again never fits. */
export function isContextTooLong({ terminal_reason: reason, api_error_status: status, result }: FailedResult): boolean {
  if (typeof reason === 'string' && tooLongReasons.has(reason)) return true;
  // A limit of tokens a minute is a 429, a body of too many bytes a 413.
  const mayBe = status === 400 || status === 422 || status === null || status === undefined;
  return mayBe && tooLong.some((phrase) => phrase.test(result ?? ''));
}

/** Limits of a plan, a day, a month or of what may be spent; in the words of Anthropic, Bedrock and Claude Code. */
const lastingLimits = [
  /extra usage is (required|not enabled)|out of (extra usage|usage credits|credits)/i,
  /long context (beta )?(is )?not (yet )?available|long context requests? (is|are) (not|only)/i,
  /not (yet )?(available|included|supported) (for|on|in|with) (this|your) (subscription|plan|account)/i,
  /(tokens|requests) per day|(daily|monthly|spend(ing)?) (limit|quota|cap)|workspace.* usage limits/i,
  /specified (api |workspace )?usage limits/i,
];

/** Whether a turn was refused for a limit that a wait of seconds or minutes does not lift. */
export function isLastingLimit({ api_error_status: status, result }: FailedResult): boolean {
  // Limits that an operator has set are told by a 400.
  return (status === 429 || status === 400 || status === 403) && lastingLimits.some((phrase) => phrase.test(result ?? ''));
}

/** In the words of Anthropic, Bedrock and the CLI; another 403 is about what an account may do, not about who it is. */
const refusedLogins = [
  /(token|credentials?|login|session|key)\b.{0,60}\b(expired|revoked|invalid|disabled)/i,
  /could not (load|refresh) .*credentials/i,
  /authentication is (currently )?not allowed|disabled (Claude )?subscription access|organization has been disabled|disabled organization/i,
];

/** Whether a turn failed since the login of the CLI is none, or is refused: no turn succeeds before its operator has renewed it. */
export function isLoginRefused({ api_error_status: status, result }: FailedResult, kind: string | undefined): boolean {
  if (status === 401 || kind === 'oauth_org_not_allowed') return true;
  if (!status) return kind === 'authentication_failed';
  // What the CLI guesses before that is no reason: it takes a model that an account may not use for a failed login too.
  const said = (result ?? '').split('API Error:').at(-1) ?? '';
  // What a caller said is no login, whatever words are in it.
  const isAboutLogin = kind === 'authentication_failed' || /organization/i.test(said);
  return (status === 403 || status === 400) && isAboutLogin && refusedLogins.some((phrase) => phrase.test(said));
}
