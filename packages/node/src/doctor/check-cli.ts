import type { Settings } from '../config/settings-schema.ts';
import { findCli, minimumCliVersion, type CliInstallation } from '../runner/cli/find-cli.ts';
import type { CheckResult } from './check-result.ts';
import { messageOf } from './message-of.ts';

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
