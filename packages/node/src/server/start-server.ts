import { once } from 'node:events';
import type { Hono } from 'hono';
import { checkExposure } from '../keys/check-exposure.ts';
import { createHttpServer } from './create-http-server.ts';
import { logOpened, openGateway, type OpenGatewayOptions } from './open-gateway.ts';
import { toUrl } from './to-url.ts';

/** A gateway that listens. */
export interface ServedGateway {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** The gateway, to be asked without HTTP: `app.request('/v1/models')`. */
  readonly app: Hono;
  /**
   * Begins nothing new, which gets a 503, and closes once the requests that are under way have their answers, and responses in the background
   * have ended; those that take longer than `server.shutdown_timeout_seconds` are cut.
   */
  stop(): Promise<void>;
  /** Takes no more requests, cuts those that are under way, and ends all that the server has begun: nothing keeps the process from ending. */
  close(): Promise<void>;
}

/** How long cut requests have to tell their callers, who may read slowly. */
const partingMs = 1000;

/**
 * Serves the gateway over HTTP. Its end is that of the runner and of the insight too.
 *
 * @throws {Error} When the address can't be had, or is not to be had without keys.
 */
export async function startServer(options: OpenGatewayOptions): Promise<ServedGateway> {
  const { settings, logger, insight } = options;
  checkExposure(settings);
  const gateway = await openGateway(options, 'playground');
  const { server, requests } = createHttpServer({
    fetch: (request) => gateway.app.fetch(request),
    requestTimeoutMs: settings.server.request_timeout_seconds * 1000,
    logger,
  });
  try {
    server.listen(settings.server.port, settings.server.host);
    // Rejects with the error when there is one first.
    await once(server, 'listening');
  } catch (error) {
    await gateway.close();
    throw error;
  }
  // Without handles left, for one, no connection can be taken; those that are there go on.
  server.on('error', (error) => logger.error({ error }, 'the server can take no connection'));
  logOpened(options);

  function refuseMore(): void {
    gateway.refuseMore();
    requests.lastOnTheirConnections();
  }

  async function end(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    // What runs fails now, and says so.
    await gateway.cut();
    await requests.ended(partingMs);
    server.closeAllConnections();
    await closed;
    await gateway.close();
    insight.close();
  }

  let ending: Promise<void> | undefined;
  const close = (): Promise<void> => {
    refuseMore();
    return (ending ??= end());
  };
  return {
    url: toUrl(server.address()),
    app: gateway.app,
    async stop() {
      refuseMore();
      // It still listens meanwhile: whoever comes is told to go elsewhere, and connections that wait for their next request are told so too.
      const timeoutMs = settings.server.shutdown_timeout_seconds * 1000;
      const deadline = performance.now() + timeoutMs;
      await requests.ended(timeoutMs);
      // The last of them may have begun what nobody waits for.
      await gateway.ended(deadline - performance.now());
      await close();
    },
    close,
  };
}
