import type { FailedResult } from './failed-result.ts';

/** In the words of Anthropic, Bedrock and the CLI; another 403 is about what an account may do, not about who it is. */
const phrases = [
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
  return (status === 403 || status === 400) && isAboutLogin && phrases.some((phrase) => phrase.test(said));
}
