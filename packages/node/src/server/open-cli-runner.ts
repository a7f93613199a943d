import type { Logger } from '@claude-code-api/gateway';
import type { Settings } from '../config/settings-schema.ts';
import type { ResolvedProfiles } from '../profiles/resolve-profiles.ts';
import { findCli } from '../runner/cli/find-cli.ts';
import type { CliRunnerOptions } from '../runner/cli-runner-options.ts';
import { createCliRunner, type CliRunner } from '../runner/create-cli-runner.ts';
import { toRunnerOptions } from './to-runner-options.ts';

export interface OpenCliRunnerOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** More for it, before what the settings say. With a `cli`, none is looked for. */
  readonly cliRunner: Partial<Omit<CliRunnerOptions, 'logger' | 'insight'>> | undefined;
  readonly profiles: ResolvedProfiles;
  readonly logger: Logger;
  readonly insight: NonNullable<CliRunnerOptions['insight']>;
}

/**
 * The CLI runner of the settings.
 *
 * @throws {Error} When there is no CLI that could be used.
 */
export async function openCliRunner(settings: Settings, options: OpenCliRunnerOptions): Promise<CliRunner> {
  const { environment, cliRunner, profiles, logger, insight } = options;
  const fromSettings = toRunnerOptions(settings, profiles);
  return createCliRunner({
    cli: cliRunner?.cli ?? (await findCli({ command: settings.claude.command, environment })),
    ...fromSettings,
    ...{ environment, logger, insight },
    ...cliRunner,
    processes: { ...fromSettings.processes, ...cliRunner?.processes },
  });
}
