import { CliProcessError } from '../runner/process/cli-process-error.ts';
import type { CliProcess } from '../runner/process/cli-process.ts';
import { parseModels } from '../runner/models/parse-models.ts';
import type { CheckResult } from './check-result.ts';
import { messageOf } from './message-of.ts';
import { createNoteLogger, type Note } from './note-logger.ts';
import { withLauncher, type InstalledCli } from './with-launcher.ts';

/** With a login by key the CLI waits for Anthropic before it answers; where that is out of reach, for some 18 seconds. */
const slowMs = 5000;

/** Whether a process starts and answers in the CLI's protocol. No model is asked. */
export async function checkStart(installed: InstalledCli): Promise<CheckResult> {
  const { logger, notes } = createNoteLogger();
  try {
    return await withLauncher(installed, logger, async (launcher) => shakeHands(launcher.start()));
  } catch (error) {
    return { status: 'fail', what: [messageOf(error), ...lastWords(notes)].join('\n'), advice: adviceFor(error, installed) };
  }
}

async function shakeHands(cli: CliProcess): Promise<CheckResult> {
  const begin = performance.now();
  const [models] = await Promise.all([
    // One that does not tell its models is of use all the same.
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
