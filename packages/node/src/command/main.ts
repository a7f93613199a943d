import { loadSettings } from '../config/load-settings.ts';
import { printSettings } from '../config/print-settings.ts';
import type { Settings } from '../config/settings-schema.ts';
import { runDoctor } from '../doctor/run-doctor.ts';
import { isLoopback } from '../keys/is-loopback.ts';
import { keyText } from '../keys/key-text.ts';
import { ownVersion } from '../own-version.ts';
import { findCli } from '../runner/cli/find-cli.ts';
import { helpText, settingsHelpText } from './help-text.ts';
import { modelToTry } from './model-to-try.ts';
import { parseArguments } from './parse-arguments.ts';
import { createServer, type RunningServer } from '../create-server.ts';
import { welcomeText } from './welcome-text.ts';

/** A CLI that can't reach Anthropic takes long to tell its models. */
const longestWaitForModelsMs = 3000;

export interface MainOptions {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: (text: string) => void;
  /** Takes the exit code of a command that has done its work and found something wrong. Default: nobody asks. */
  readonly setExitCode?: (code: number) => void;
}

/**
 * What the command does.
 *
 * @returns The server, or undefined when there was something else to do.
 * @throws {Error} With a message for whoever starts it.
 */
export async function main(options: MainOptions): Promise<RunningServer | undefined> {
  const { environment, print } = options;
  const line = parseArguments(options.argv);
  const { file, flags } = line;
  switch (line.action) {
    case 'help':
      print(helpText());
      return undefined;
    case 'help-settings':
      print(settingsHelpText());
      return undefined;
    case 'version':
      print(ownVersion());
      return undefined;
    case 'print-config':
      print(printSettings(loadSettings({ file, environment, flags })));
      return undefined;
    case 'create-key':
      print(keyText(line.name, file));
      return undefined;
    case 'doctor':
      if (!(await runDoctor({ file, environment, flags, print }))) options.setExitCode?.(1);
      return undefined;
    case 'serve':
      return serve(loadSettings({ file, environment, flags }), file, options);
  }
}

async function serve(settings: Settings, settingsFile: string | undefined, { environment, print }: MainOptions): Promise<RunningServer> {
  const cli = await findCli({ command: settings.claude.command, environment });
  const server = await createServer(settings, { environment, settingsFile, cliRunner: { cli } });
  const { runner, profiles, url } = server;
  const { host, api_keys: apiKeys } = settings.server;
  try {
    const [{ problem, details }, model] = await Promise.all([runner.health(), modelToTry(runner, longestWaitForModelsMs)]);
    const keys = Object.keys(apiKeys);
    const isExposed = keys.length === 0 && !isLoopback(host);
    print(welcomeText({ url, cli, login: details.cli.login, problem, version: ownVersion(), profiles, model, keys, isExposed }));
    return server;
  } catch (error) {
    await server.close();
    throw error;
  }
}
