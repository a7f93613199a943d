import { readLogin, type LoginStatus } from './read-login.ts';

export interface LoginCheck {
  /** Undefined when the CLI does not say. */
  get(): Promise<LoginStatus | undefined>;
  /** When it was refused last; undefined once a turn has succeeded since. */
  readonly refusedAt: Date | undefined;
  /** A turn failed for it: it may have changed, and the CLI is asked anew. */
  refuse(): void;
  /** A turn has succeeded. */
  accept(): void;
}

const freshMs = 30_000;

/** Asks the CLI for its login, at most every half minute: the asking takes a process. Turns tell whether upstream takes it. */
export function createLoginCheck(command: () => string, environment: Readonly<Record<string, string>>): LoginCheck {
  let last: { readonly at: number; readonly status: Promise<LoginStatus | undefined> } | undefined;
  let refusedAt: Date | undefined;
  return {
    get refusedAt() {
      return refusedAt;
    },
    get() {
      const now = performance.now();
      if (last === undefined || now - last.at > freshMs) last = { at: now, status: readLogin(command(), environment) };
      return last.status;
    },
    refuse() {
      last = undefined;
      refusedAt = new Date();
    },
    accept() {
      refusedAt = undefined;
    },
  };
}
