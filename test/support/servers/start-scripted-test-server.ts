import type { ClaudeRunner, Logger, McpConnector } from '@claude-code-api/gateway';
import { createServer, loadSettings, type RunningServer } from '@claude-code-api/node';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { silentLogger } from '../silent-logger.ts';

export interface ScriptedTestServerOptions {
  /** Default: one that answers every turn with `Hello world`. */
  readonly runner?: ClaudeRunner;
  readonly logger?: Logger;
  /** In the place of what the settings say. */
  readonly mcp?: McpConnector;
}

/** A whole server without a CLI. */
export function startScriptedTestServer(
  settings: Readonly<Record<string, string>> = {},
  { runner = createScriptedRunner(), logger = silentLogger, mcp }: ScriptedTestServerOptions = {},
): Promise<RunningServer> {
  return createServer(loadSettings({ environment: {}, flags: { 'server.port': '0', ...settings } }), {
    ...{ environment: {}, runner, logger },
    ...(mcp !== undefined && { mcp }),
  });
}
