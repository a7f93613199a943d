import type { Settings } from '../config/settings-schema.ts';
import { findCli, minimumCliVersion, type CliInstallation } from '../runner/cli/find-cli.ts';
import { type CheckResult, messageOf } from './check-result.ts';
import { readLogin } from '../runner/cli/login-check.ts';
import { createNoteLogger, type Note } from './note-logger.ts';
import { withLauncher, type InstalledCli } from './with-launcher.ts';
import { pureLaunch } from '../runner/agents/pure-launch.ts';
import { CliProcessError } from '../runner/process/cli-process-error.ts';
import type { CliProcess } from '../runner/process/cli-process.ts';
import { parseModels } from '../runner/models/parse-models.ts';

/** With a login by key the CLI waits for Anthropic before it answers; where that is out of reach, for some 18 seconds. */
const slowMs = 5000;

/** Whether there is a CLI that runs, and is new enough. */
export async function checkCli(
  { claude }: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<CheckResult<CliInstallation>> {
  try {
    const found = await findCli({ command: claude.command, environment });
    return {
      status: 'ok',
      what: `${found.path} (from ${found.source}), version ${found.version} (${minimumCliVersion} or newer is needed)`,
      found,
    };
  } catch (error) {
    const lines = messageOf(error).split('\n');
    return { status: 'fail', what: lines.slice(0, -1).join('\n'), advice: lines.at(-1) ?? '' };
  }
}

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

/** Whether a process starts and answers in the CLI's protocol. No model is asked. */
export async function checkStart(installed: InstalledCli): Promise<CheckResult> {
  const { logger, notes } = createNoteLogger();
  try {
    return await withLauncher(installed, logger, async (launcher) => shakeHands(launcher.start(pureLaunch(launcher, logger))));
  } catch (error) {
    return { status: 'fail', what: [messageOf(error), ...lastWords(notes)].join('\n'), advice: adviceFor(error, installed) };
  }
}

async function shakeHands(cli: CliProcess): Promise<CheckResult> {
  const begin = performance.now();
  const [models] = await Promise.all([
    // A CLI that does not list its models is of use all the same.
    cli.control({ subtype: 'list_models' }).then(parseModels, () => []),
    cli.control({ subtype: 'get_settings' }),
  ]);
  const tookMs = Math.round(performance.now() - begin);
  const what = `a process was there after ${tookMs} ms${models.length > 0 ? `, and offers ${models.length} models` : ''}`;
  if (tookMs < slowMs) return { status: 'ok', what };
  return {
    status: 'warn',
    what,
    advice: 'That is slow. Anthropic may be out of reach: look at the network, HTTPS_PROXY and ANTHROPIC_BASE_URL. Or the machine is busy.',
  };
}

/** What the CLI wrote on standard error before it ended. */
function lastWords(notes: readonly Note[]): string[] {
  const said = notes.map(({ fields }) => fields['stderrTail']).findLast((text) => typeof text === 'string' && text.trim() !== '');
  return typeof said === 'string' ? said.trim().split('\n').slice(-3) : [];
}

function adviceFor(error: unknown, { cli, settings }: InstalledCli): string {
  if (error instanceof CliProcessError && error.kind === 'timeout') {
    return `It may need longer than claude.start_timeout_seconds (${settings.claude.start_timeout_seconds}), or more memory than there is. Try by hand: ${cli.path} -p hello`;
  }
  return `Try by hand, as the user that runs the server: ${cli.path} -p hello`;
}
