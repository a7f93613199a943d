import { join, resolve } from 'node:path';
import { defaultSettingsFile } from '../config/default-settings-file.ts';
import type { Settings } from '../config/settings-schema.ts';

export interface ProtectedPathsOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settingsFile: string | undefined;
}

/** The absolute paths that no tool of any profile may reach: the server's settings and secrets, stored conversations, the login. */
export function protectedPathsOf(settings: Settings, { environment, settingsFile }: ProtectedPathsOptions): string[] {
  const { HOME: home, CLAUDE_CONFIG_DIR: cliDirectory, GOOGLE_APPLICATION_CREDENTIALS: googleKey } = environment;
  const paths = [
    settingsFile ?? defaultSettingsFile,
    settings.mcp.config_file,
    ...Object.values(settings.profiles).map((profile) => profile.mcp_config_file),
    settings.storage.driver === 'fs' ? settings.storage.path : undefined,
    cliDirectory,
    ...(home === undefined ? [] : [join(home, '.claude'), join(home, '.claude.json')]),
    googleKey,
  ];
  return [...new Set(paths.flatMap((path) => (path === undefined || path === '' ? [] : [resolve(path)])))];
}
