import type { Logger } from '@claude-code-api/gateway';
import type { Settings } from '../config/settings-schema.ts';
import { createCliLauncher, type CliLauncher } from '../runner/process/cli-launcher.ts';
import { privateParentOf } from '../runner/process/private-directory.ts';
import { cliRunnerDefaults } from '../runner/cli-runner-options.ts';
import type { CliInstallation } from '../runner/cli/find-cli.ts';

export interface InstalledCli {
  readonly cli: CliInstallation;
  readonly settings: Settings;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Starts CLIs as the server would, for as long as they are used. */
export async function withLauncher<Result>(
  { cli, settings: { claude }, environment }: InstalledCli,
  logger: Logger,
  use: (launcher: CliLauncher) => Promise<Result>,
): Promise<Result> {
  const launcher = createCliLauncher({
    privateParent: privateParentOf({}),
    cli,
    logger,
    environment,
    moreVariables: claude.environment,
    maxRetries: claude.max_retries,
    maxLineBytes: cliRunnerDefaults.maxLineBytes,
    controlTimeoutMs: claude.start_timeout_seconds * 1000,
  });
  try {
    return await use(launcher);
  } finally {
    await launcher.close();
  }
}
