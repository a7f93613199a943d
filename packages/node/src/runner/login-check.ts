import { readLogin, type LoginStatus } from './read-login.ts';

export interface LoginCheck {
  /** Undefined when the CLI does not say. */
  get(): Promise<LoginStatus | undefined>;
  /** The login may have changed: the CLI is asked anew. */
  forget(): void;
}

const freshMs = 30_000;

/** Asks the CLI for its login, at most every half minute: the asking takes a process. */
export function createLoginCheck(command: () => string, environment: Readonly<Record<string, string>>): LoginCheck {
  let last: { readonly at: number; readonly status: Promise<LoginStatus | undefined> } | undefined;
  return {
    get() {
      const now = performance.now();
      if (last === undefined || now - last.at > freshMs) last = { at: now, status: readLogin(command(), environment) };
      return last.status;
    },
    forget() {
      last = undefined;
    },
  };
}
