export { createCliRunner, type CliRunnerOptions } from './runner/create-cli-runner.ts';
export { findCli, minimumCliVersion, type CliInstallation, type FindCliOptions } from './runner/find-cli.ts';
