import type { Logger, LogFields } from '@claude-code-api/gateway';
import { createApiRunner } from '@claude-code-api/gateway/messages-api';
import {
  createServer,
  loadSettings,
  type CliInstallation,
  type CliRunnerOptions,
  type RunningServer,
  type ServerOptions,
  type WaitingProcesses,
} from '@claude-code-api/node';
import { startMockAnthropic, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { newestCli } from '../cli/cli-versions.ts';
import { mockEnvironment } from '../cli/mock-environment.ts';

export interface TestServerOptions {
  /** Default: the newest; `none` asks the mock API without one, which takes a tenth of the CPU time. */
  readonly cli?: CliInstallation | 'none';
  /** More for the CLI's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Settings as on the command line: `{ 'claude.timeout_seconds': '2' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly storageDriver?: ServerOptions['storageDriver'];
  /** In the place of what the settings say. */
  readonly mcp?: ServerOptions['mcp'];
  /** More for the CLI runner, the options of its processes among them: no process waits unless it is said, since its start would be for nothing. */
  readonly runner?: WaitingProcesses & Partial<Omit<CliRunnerOptions, 'cli' | 'logger' | 'environment' | 'processes'>>;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

export interface TestServer {
  readonly url: string;
  readonly mock: MockAnthropic;
  readonly log: readonly LogLine[];
  readonly server: RunningServer;
  /** POSTs a chat completion. */
  chat(body: object, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** The whole thing, for real but for Anthropic: an HTTP server, the gateway, the real CLI, and the mock API behind it. */
export async function startTestServer({ cli = newestCli, ...options }: TestServerOptions = {}): Promise<TestServer> {
  const mock = await startMockAnthropic();
  const log: LogLine[] = [];
  const logger = createRecordingLogger(log);
  const settings = loadSettings({ environment: {}, flags: { 'server.port': '0', ...options.settings } });
  const { minIdle = 0, maxIdle = minIdle, maxLive, liveIdleMs, maxLiveMemoryBytes, ...more } = options.runner ?? {};
  const given = Object.entries({ minIdle, maxIdle, maxLive, liveIdleMs, maxLiveMemoryBytes }).filter(([, value]) => value !== undefined);
  const processes: WaitingProcesses = Object.fromEntries(given);
  const server = await createServer(settings, {
    environment: { ...mockEnvironment(mock.url), ...options.environment },
    logger,
    storageDriver: options.storageDriver,
    mcp: options.mcp,
    ...(cli === 'none'
      ? { runner: createApiRunner({ apiKey: 'sk-ant-test-key', baseUrl: mock.url, maxRetries: 0 }) }
      : { cliRunner: { cli, maxRetries: 0, ...more, processes } }),
  });
  return {
    url: server.url,
    mock,
    log,
    server,
    chat: (body, init = {}) =>
      fetch(`${server.url}/v1/chat/completions`, {
        ...init,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(init.headers as Record<string, string> | undefined) },
        body: JSON.stringify(body),
      }),
    async close() {
      await server.close();
      await mock.close();
    },
  };
}

function createRecordingLogger(log: LogLine[]): Logger {
  const record =
    (level: string) =>
    (fields: LogFields, message: string): void => {
      log.push({ level, message, fields });
    };
  return { debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') };
}
