import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { withinTime } from '@claude-code-api/gateway/runner-kit';
import * as z from 'zod';

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

/** A busy machine takes longer for a process: what was known stands meanwhile. */
const patienceMs = 1000;

/** Asks the CLI for its login, at most every half minute: the asking takes a process. Turns tell whether upstream takes it. */
export function createLoginCheck(
  command: () => string,
  environment: Readonly<Record<string, string>>,
  read: typeof readLogin = readLogin,
): LoginCheck {
  let last: { readonly at: number; status: Promise<LoginStatus | undefined> } | undefined;
  let refusedAt: Date | undefined;
  return {
    get refusedAt() {
      return refusedAt;
    },
    get() {
      const now = performance.now();
      if (last !== undefined && now - last.at <= freshMs) return last.status;
      const before = last?.status;
      const asked = read(command(), environment);
      const entry = { at: now, status: before === undefined ? asked : withinTime(asked, patienceMs).catch(() => before) };
      void asked.then(() => (entry.status = asked));
      last = entry;
      return entry.status;
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

const authStatus = z.looseObject({ loggedIn: z.boolean(), authMethod: z.string().default('unknown'), apiProvider: z.string().optional() });

export interface LoginStatus {
  readonly loggedIn: boolean;
  /** As the CLI calls it: `api_key`, `claude.ai`, `oauth_token`, `none`... */
  readonly method: string;
}

const run = promisify(execFile);

/** Asks the CLI how it is logged in, without a request to the API. Undefined when it does not say. */
export async function readLogin(command: string, environment: Readonly<Record<string, string>>): Promise<LoginStatus | undefined> {
  const stdout = await run(command, ['auth', 'status'], { env: { ...environment }, timeout: 15_000, windowsHide: true }).then(
    (output) => output.stdout,
    // It exits with 1 when it is not logged in, and says so all the same.
    (error: unknown) => (typeof error === 'object' && error !== null && 'stdout' in error ? String(error.stdout) : ''),
  );
  try {
    const status = authStatus.parse(JSON.parse(stdout));
    return { loggedIn: status.loggedIn, method: status.authMethod };
  } catch {
    return undefined;
  }
}
