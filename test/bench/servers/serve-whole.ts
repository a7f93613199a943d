import type { ClaudeRunner } from '@claude-code-api/gateway';
import { createCliRunner, createMachine, createServer, loadSettings, type RunningMachine, type RunningServer } from '@claude-code-api/node';
import { newestCli } from '../../support/cli/cli-versions.ts';
import { silentLogger as logger } from '../../support/silent-logger.ts';

export interface ServeWholeOptions {
  /** Settings as on the command line. */
  readonly settings: Readonly<Record<string, string>>;
  /** What runs the turns. Default: the real CLI. */
  readonly runner: ClaudeRunner | undefined;
  /** What becomes of the runner before it is used. */
  readonly wrap: (runner: ClaudeRunner) => ClaudeRunner;
}

type Settings = ServeWholeOptions['settings'];

/** Serves a runner to gateways. */
export function serveMachine(settings: Settings, runner: ClaudeRunner): Promise<RunningMachine> {
  return createMachine(loadSettings({ environment: {}, flags: settings }), { runner, logger });
}

/** Serves a gateway whose turns run where the settings say. */
export function serveRemote(settings: Settings): Promise<RunningServer> {
  return createServer(loadSettings({ environment: {}, flags: { 'server.port': '0', ...settings } }), { logger });
}

/** Serves the gateway as the command does. */
export function serveWhole({ settings, runner, wrap }: ServeWholeOptions): Promise<RunningServer> {
  return createServer(loadSettings({ environment: {}, flags: { 'server.port': '0', ...settings } }), {
    runner: wrap(runner ?? createCliRunner({ cli: newestCli, logger })),
    logger,
  });
}
