import { readLogin, type LoginStatus } from './read-login.ts';

const freshMs = 30_000;

/** Asks the CLI for its login, at most every half minute: the asking takes a process. */
export function createLoginCheck(command: string, environment: Readonly<Record<string, string>>): () => Promise<LoginStatus | undefined> {
  let last: { readonly at: number; readonly status: Promise<LoginStatus | undefined> } | undefined;
  return () => {
    const now = performance.now();
    if (last === undefined || now - last.at > freshMs) last = { at: now, status: readLogin(command, environment) };
    return last.status;
  };
}
