import type { FailedResult } from './failed-result.ts';

/** How a turn ends that the CLI itself holds for too long, or whose answer from the API it has understood so. */
const reasons: ReadonlySet<string> = new Set(['prompt_too_long', 'blocking_limit', 'rapid_refill_breaker']);

/** In the words of Anthropic, Bedrock, and the gateways that stand in for them. */
const phrases = [
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
  if (typeof reason === 'string' && reasons.has(reason)) return true;
  // A limit of tokens a minute is a 429, a body of too many bytes a 413.
  const mayBe = status === 400 || status === 422 || status === null || status === undefined;
  return mayBe && phrases.some((phrase) => phrase.test(result ?? ''));
}
