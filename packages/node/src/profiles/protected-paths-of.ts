import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { defaultSettingsFile } from '../config/load-settings.ts';
import type { Settings } from '../config/settings-schema.ts';
import { isWithin, realPathOf } from '../runner/profile/paths.ts';

export interface ProtectedPathsOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settingsFile: string | undefined;
}

/**
 * The absolute paths that no tool of any profile and no caller may reach: the server's settings and secrets, stored conversations, the
 * logins of the CLI and of clouds. With where they lead, for those that are links.
 */
export function protectedPathsOf(settings: Settings, { environment, settingsFile }: ProtectedPathsOptions): string[] {
  const { HOME: home = homedir(), CLAUDE_CONFIG_DIR: cliDirectory } = environment;
  const cliDirectories = [...(cliDirectory ? [cliDirectory] : []), join(home, '.claude')];
  const paths = [
    settingsFile ?? defaultSettingsFile,
    settings.mcp.config_file,
    ...Object.values(settings.profiles).map((profile) => profile.mcp_config_file),
    settings.storage.driver === 'fs' ? settings.storage.path : undefined,
    ...cliDirectories.flatMap((path) => [path, join(path, '.credentials.json'), join(path, 'settings.json')]),
    ...['.claude.json', '.claude.json.backup', '.aws', '.azure', join('.config', 'gcloud')].map((name) => join(home, name)),
    ...copiesIn(home),
    ...fileVariables.map((name) => environment[name]),
  ];
  const absolute = paths.flatMap((path) => (path === undefined || path === '' ? [] : [resolve(path)]));
  const all = [...new Set(absolute.flatMap((path) => [path, realPathOf(path)]))];
  return all.filter((path) => !all.some((other) => other !== path && isWithin(path, other)));
}

/** What the CLI has put beside its `.claude.json`: older ones, broken ones. */
function copiesIn(home: string): string[] {
  try {
    return readdirSync(home).flatMap((name) => (name.startsWith('.claude.json.') ? [join(home, name)] : []));
  } catch {
    return [];
  }
}

/** Environment variables of clouds and of the CLI that name a file with a secret. */
const fileVariables = [
  'GOOGLE_APPLICATION_CREDENTIALS',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_CONFIG_FILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AZURE_FEDERATED_TOKEN_FILE',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'CLAUDE_CODE_CLIENT_KEY',
];
