import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import type { CliLauncher } from '../process/cli-launcher.ts';

export type Headers = Readonly<Record<string, string>>;

export type KeyHolder = Pick<CliLauncher, 'login' | 'environment' | 'loginHelpers' | 'workingDirectory'>;

/**
 * Gives the headers by which the CLI shows its key to the API: `x-api-key`, `authorization`, and the operator's own; undefined where it is
 * logged in by no key. A subscription's token is none: it is Claude Code's own, and nothing but Claude Code may use it.
 */
export type KeyHeaders = () => Promise<Headers | undefined>;

const run = promisify(exec);
const helperTimeoutMs = 30_000;
const usualTtlMs = 300_000;
/** So their tokens begin, in whatever variable they stand. */
const ofSubscriptions = 'sk-ant-oat';

/** Reads the key where the CLI does; what a helper prints is kept for as long as the CLI keeps it. */
export function createKeyHeaders({ login, environment, loginHelpers, workingDirectory }: KeyHolder): KeyHeaders {
  const { apiKeyHelper } = loginHelpers;
  const ttlMs = Number(environment['CLAUDE_CODE_API_KEY_HELPER_TTL_MS']) || usualTtlMs;
  let printed: { readonly at: number; readonly key: Promise<string> } | undefined;

  function printedKey(command: string): Promise<string> {
    if (printed !== undefined && performance.now() - printed.at < ttlMs) return printed.key;
    const options = { env: { ...environment }, cwd: workingDirectory, timeout: helperTimeoutMs, windowsHide: true } as const;
    const key = run(command, options).then(({ stdout }) => stdout.trim());
    const mine = { at: performance.now(), key };
    printed = mine;
    // The next one tries again.
    key.catch(() => {
      if (printed === mine) printed = undefined;
    });
    return key;
  }

  return async () => {
    if (login !== 'key') return undefined;
    const { ANTHROPIC_API_KEY: key, ANTHROPIC_AUTH_TOKEN: token, ANTHROPIC_CUSTOM_HEADERS: custom } = environment;
    const helped = !key && !token && apiKeyHelper !== undefined ? await printedKey(apiKeyHelper) : undefined;
    const [shown, bearer] = [key || helped, token || helped];
    const headers: Headers = {
      ...(shown !== undefined && { 'x-api-key': shown }),
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...parseHeaders(custom),
    };
    return Object.values(headers).some((value) => value.includes(ofSubscriptions)) ? undefined : headers;
  };
}

/** `Name: value`, one a line. */
function parseHeaders(lines = ''): Record<string, string> {
  return Object.fromEntries(
    lines.split('\n').flatMap((line) => {
      const [, name, value] = /^\s*([\w-]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value]];
    }),
  );
}
