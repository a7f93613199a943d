import * as z from 'zod';
import { loadSettings } from '../config/load-settings.ts';
import { printSettings } from '../config/print-settings.ts';
import type { Settings } from '../config/settings-schema.ts';
import { runDoctor } from '../doctor/run-doctor.ts';
import { isLoopback } from '../keys/is-loopback.ts';
import { keyText, runnerTokenText } from '../keys/key-text.ts';
import { ownVersion } from '../own-version.ts';
import { findCli } from '../runner/cli/find-cli.ts';
import { helpText, settingsHelpText } from './help-text.ts';
import { modelToTry } from './model-to-try.ts';
import { parseArguments } from './parse-arguments.ts';
import { createMachine } from '../create-machine.ts';
import { createServer } from '../create-server.ts';
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
 * @returns The server or machine, or undefined when there was something else to do.
 * @throws {Error} With a message for whoever starts it.
 */
export async function main(options: MainOptions): Promise<Started | undefined> {
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
    case 'create-runner-token':
      print(runnerTokenText());
      return undefined;
    case 'runner':
      return runMachine(loadSettings({ file, environment, flags }), file, options);
    case 'serve':
      return serve(loadSettings({ file, environment, flags }), file, options);
  }
}

/** What the command has started. */
interface Started {
  stop(): Promise<void>;
}

async function runMachine(settings: Settings, settingsFile: string | undefined, { environment, print }: MainOptions): Promise<Started> {
  const machine = await createMachine(settings, { environment, settingsFile });
  print(`Claude Code API ${ownVersion()} runs turns for gateways on ${machine.url}`);
  return machine;
}

const cliDetails = z.looseObject({ cli: z.looseObject({ login: z.string() }) });

async function serve(settings: Settings, settingsFile: string | undefined, { environment, print }: MainOptions): Promise<Started> {
  const { command, runner: kind, machines } = settings.claude;
  const cli = kind === 'cli' ? await findCli({ command, environment }) : undefined;
  const server = await createServer(settings, { environment, settingsFile, ...(cli !== undefined && { cliRunner: { cli } }) });
  const { runner, profiles, url } = server;
  const { host, api_keys: apiKeys } = settings.server;
  try {
    const [{ problem, details }, model] = await Promise.all([runner.health(), modelToTry(runner, longestWaitForModelsMs)]);
    const keys = Object.keys(apiKeys);
    const isExposed = keys.length === 0 && !isLoopback(host);
    const login = cliDetails.safeParse(details).data?.cli.login ?? 'unknown';
    print(
      welcomeText({
        url,
        cli,
        runner: kind === 'remote' ? `on other machines: ${machines.join(', ')}` : 'by the Messages API itself',
        login,
        problem,
        version: ownVersion(),
        profiles,
        model,
        keys,
        isExposed,
      }),
    );
    return server;
  } catch (error) {
    await server.close();
    throw error;
  }
}
