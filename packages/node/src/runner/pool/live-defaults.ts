import type { CliLogin } from '../cli/login-of.ts';

export interface LiveDefaults {
  /** As many processes wait for a follow-up at most. */
  readonly count: number;
  readonly idleSeconds: number;
}

/**
 * How long processes wait for a follow-up, and how many, when nobody says. Under a subscription a conversation whose process has gone is
 * read from the prompt cache in small part only, and the CLI has it cached for an hour: so they wait for that hour.
 */
export function liveDefaults(login: CliLogin): LiveDefaults {
  return login === 'subscription' ? { count: 20, idleSeconds: 3600 } : { count: 10, idleSeconds: 300 };
}
