import type { FailedResult } from './failed-result.ts';

/** Limits of a plan, a day, a month or of what may be spent; in the words of Anthropic, Bedrock and Claude Code. */
const phrases = [
  /extra usage is (required|not enabled)|out of (extra usage|usage credits|credits)/i,
  /long context (beta )?(is )?not (yet )?available|long context requests? (is|are) (not|only)/i,
  /not (yet )?(available|included|supported) (for|on|in|with) (this|your) (subscription|plan|account)/i,
  /(tokens|requests) per day|(daily|monthly|spend(ing)?) (limit|quota|cap)|workspace.* usage limits/i,
  /specified (api |workspace )?usage limits/i,
];

/** Whether a turn was refused for a limit that a wait of seconds or minutes does not lift. */
export function isLastingLimit({ api_error_status: status, result }: FailedResult): boolean {
  // Limits that an operator has set are told by a 400.
  return (status === 429 || status === 400 || status === 403) && phrases.some((phrase) => phrase.test(result ?? ''));
}
