import { loadSettings, startServer, type RunningServer } from '@claude-code-api/node';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { silentLogger } from './silent-logger.ts';

/** A whole server without a CLI: every turn is answered with `Hello world`. */
export function startScriptedTestServer(settings: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
  return startServer({
    settings: loadSettings({ environment: {}, flags: { 'server.port': '0', ...settings } }),
    runner: createScriptedRunner(),
    logger: silentLogger,
  });
}
