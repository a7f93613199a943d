import { readLogin } from '../runner/cli/login-check.ts';
import type { CheckResult } from './check-result.ts';
import { createNoteLogger } from './note-logger.ts';
import { withLauncher, type InstalledCli } from './with-launcher.ts';

/** Whether the CLI is logged in, as far as it knows itself. */
export async function checkLogin(installed: InstalledCli): Promise<CheckResult> {
  const { path } = installed.cli;
  const login = await withLauncher(installed, createNoteLogger().logger, ({ environment }) => readLogin(path, environment));
  if (login === undefined)
    return { status: 'warn', what: 'the CLI does not say how it is logged in', advice: `Try it by hand: ${path} auth status` };
  if (login.loggedIn) return { status: 'ok', what: `${login.method} (whether Anthropic takes it would cost a request, and was not tried)` };
  return {
    status: 'fail',
    what: 'Claude Code is not logged in',
    advice: `Run \`${path} auth login\` as the user that runs the server, or set ANTHROPIC_API_KEY.`,
  };
}
