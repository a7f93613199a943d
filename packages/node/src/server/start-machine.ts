import { hash } from 'node:crypto';
import { once } from 'node:events';
import { availableParallelism, loadavg } from 'node:os';
import { Hono } from 'hono';
import type { ClaudeRunner, Logger } from '@claude-code-api/gateway';
import { addRunnerRoutes } from '@claude-code-api/gateway/remote-runner';
import type { Settings } from '../config/settings-schema.ts';
import { SettingsError } from '../config/settings-error.ts';
import { createHttpServer } from './create-http-server.ts';
import { toUrl } from './to-url.ts';

export interface StartMachineOptions {
  readonly settings: Settings;
  readonly runner: ClaudeRunner;
  /** How many processes of the runner wait. */
  readonly processes: () => Promise<{ readonly warm: number; readonly live: number }>;
  readonly logger: Logger;
}

/** A machine that listens. */
export interface RunningMachine {
  /** `http://127.0.0.1:8091` */
  readonly url: string;
  /** Takes nothing new, and closes once the turns that run have ended; those that take longer than `server.shutdown_timeout_seconds` are cut. */
  stop(): Promise<void>;
  /** Cuts what runs, and ends the runner. */
  close(): Promise<void>;
}

/** How long cut turns have to tell their gateways. */
const partingMs = 1000;

/**
 * Serves a runner to gateways. Its end is that of the runner too.
 *
 * @throws {SettingsError} Without the hash of a token.
 * @throws {Error} When the address can't be had.
 */
export async function startMachine({ settings, runner, processes, logger }: StartMachineOptions): Promise<RunningMachine> {
  const { machine, claude } = settings;
  const { token_hashes: tokenHashes = [] } = machine;
  if (tokenHashes.length === 0)
    throw new SettingsError(
      "A machine that runs turns for gateways needs 'machine.token_hashes': `claude-code-api create-runner-token` makes a token, and says what belongs in the settings of both.",
    );
  let stopping = false;
  const app = new Hono();
  addRunnerRoutes(app, runner, {
    tokenHashes,
    queue: {
      maxRunning: claude.max_concurrent_sessions,
      maxWaiting: claude.max_queued_requests,
      timeoutMs: claude.queue_timeout_seconds * 1000,
    },
    processes: async () => ({ ...(await processes()), load: (loadavg()[0] ?? 0) / availableParallelism() }),
    gatewaySilenceMs: machine.gateway_timeout_seconds * 1000,
    isStopping: () => stopping,
    logger,
    sha256: (text) => hash('sha256', text),
  });
  const { server, requests } = createHttpServer({
    fetch: (request) => app.fetch(request),
    requestTimeoutMs: settings.server.request_timeout_seconds * 1000,
    logger,
  });
  const [, host = '', port] = /^(.*):(\d+)$/.exec(machine.listen) ?? [];
  server.listen(Number(port), host.replace(/^\[|\]$/g, ''));
  // Rejects with the error when there is one first.
  await once(server, 'listening');
  server.on('error', (error) => logger.error({ error }, 'the machine can take no connection'));

  async function end(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    await runner.close();
    await requests.ended(partingMs);
    server.closeAllConnections();
    await closed;
  }

  let ending: Promise<void> | undefined;
  const close = (): Promise<void> => {
    stopping = true;
    requests.lastOnTheirConnections();
    return (ending ??= end());
  };
  return {
    url: toUrl(server.address()),
    async stop() {
      stopping = true;
      requests.lastOnTheirConnections();
      await requests.ended(settings.server.shutdown_timeout_seconds * 1000);
      await close();
    },
    close,
  };
}
