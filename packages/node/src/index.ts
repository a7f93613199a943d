export { loadSettings, type SettingsSources } from './config/load-settings.ts';
export { SettingsError } from './config/settings-error.ts';
export type { Settings } from './config/settings-schema.ts';
export { createCliRunner, type CliRunnerOptions } from './runner/create-cli-runner.ts';
export { findCli, minimumCliVersion, type CliInstallation, type FindCliOptions } from './runner/find-cli.ts';
export { createLogger } from './server/create-logger.ts';
export { startServer, type RunningServer, type StartServerOptions } from './server/start-server.ts';
