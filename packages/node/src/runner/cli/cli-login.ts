import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What logs the CLI in: a key, a token or a helper that prints one; the credentials of a cloud; or else whatever the CLI has stored
 * itself, which is a subscription. Only with the first two can it run bare, that is, add nothing to a request.
 */
export type CliLogin = 'key' | 'cloud' | 'subscription';

const clouds = ['BEDROCK', 'VERTEX', 'FOUNDRY', 'MANTLE', 'ANTHROPIC_AWS', 'ANTHROPIC_GOOGLE_CLOUD'];

/** How a CLI is logged in by its environment. */
export function loginOf(environment: Environment): CliLogin {
  if (clouds.some((cloud) => isOn(environment[`CLAUDE_CODE_USE_${cloud}`]))) return 'cloud';
  return environment['ANTHROPIC_API_KEY'] || environment['ANTHROPIC_AUTH_TOKEN'] ? 'key' : 'subscription';
}

/** As the CLI reads its switches. */
function isOn(value: string | undefined): boolean {
  return /^(1|true|yes|on)$/i.test(value?.trim() ?? '');
}

export interface StoredLogin {
  readonly login: CliLogin;
  /** With what Claude Code's own settings add to it, where the login is among that. */
  readonly environment: Environment;
  /** The commands in those settings that bring keys or credentials, as settings of their own. */
  readonly helpers: Readonly<Record<string, string>>;
}

const helperNames = ['apiKeyHelper', 'awsAuthRefresh', 'awsCredentialExport', 'gcpAuthRefresh'] as const;
const text = z.string().min(1).optional().catch(undefined);
const settingsFile = z.object({
  apiKeyHelper: text,
  awsAuthRefresh: text,
  awsCredentialExport: text,
  gcpAuthRefresh: text,
  env: z.record(z.string(), z.coerce.string()).default({}).catch({}),
});

/**
 * Finds the login of a CLI: that of the environment, or else one in the operator's `settings.json`, of which turns read nothing else:
 * `env` and the helpers count as they do for the CLI itself.
 */
export function readStoredLogin(environment: Environment): StoredLogin {
  const login = loginOf(environment);
  const asIs = { login, environment, helpers: {} };
  // Who gives the server a login has chosen it.
  if (login === 'key' || environment['CLAUDE_CODE_OAUTH_TOKEN']) return asIs;
  const settings = readSettings(environment);
  if (settings === undefined) return asIs;
  const helpers = Object.fromEntries(helperNames.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]])));
  const whole = { ...environment, ...settings.env };
  const found = loginOf(whole);
  const storedLogin = found === 'subscription' && settings.apiKeyHelper !== undefined ? 'key' : found;
  // A subscription's own settings are none of a caller's business.
  return storedLogin === 'subscription' ? asIs : { login: storedLogin, environment: whole, helpers };
}

function readSettings(environment: Environment): z.output<typeof settingsFile> | undefined {
  const directory = environment['CLAUDE_CONFIG_DIR'] || join(environment['HOME'] || homedir(), '.claude');
  try {
    return settingsFile.parse(JSON.parse(readFileSync(join(directory, 'settings.json'), 'utf8')));
  } catch {
    // There is none, or it is none: then the CLI does not read it either.
    return undefined;
  }
}

/**
 * Writes the commands that bring a login to a private file: where the CLI itself looks for them, so that it can tell of them.
 *
 * @returns The arguments that name it for turns.
 */
export function writeLoginHelpers(configDirectory: string, helpers: Readonly<Record<string, string>>): readonly string[] {
  if (Object.keys(helpers).length === 0) return [];
  const file = join(configDirectory, 'settings.json');
  writeFileSync(file, JSON.stringify(helpers), { mode: 0o600 });
  return ['--settings', file];
}
