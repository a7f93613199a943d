import type { Hono } from 'hono';
import type { SettingsInput } from './config/load-settings.ts';
import { checkExposure } from './keys/check-exposure.ts';
import { beginGateway, type BegunGateway, type ServerOptions } from './server/begin-gateway.ts';
import { createListener, type Listener } from './server/create-listener.ts';
import { logOpened, openGateway } from './server/open-gateway.ts';

/** A gateway that is ready to be mounted. */
export interface RunningApp extends BegunGateway {
  /** The gateway: a Hono app. */
  readonly app: Hono;
  /** For servers that speak `Request` and `Response`: `app.mount('/claude', claude.fetch)` in Hono. Their prefix must be gone from the URL. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** For `node:http` and what is built on it: `app.use('/claude', claude.listener)` in Express, before what reads bodies. */
  readonly listener: Listener;
  /**
   * Takes no more requests, cuts those that are under way, and ends all that was begun: nothing keeps the process from ending. Close your own server first,
   * so that running requests can end.
   */
  close(): Promise<void>;
}

/**
 * All of the server but its port: the gateway with what the settings say, to be mounted in a server of your own. What is checked of a name by which
 * it is called is the same: beside those of loopback it answers to `server.allowed_hosts`.
 *
 * @param given As in the settings file, by section. `server.port` and other settings of a port have no effect. Default: all by default.
 * @throws {SettingsError} For a wrong setting, or a profile that can't be had on this machine.
 * @throws {Error} When there is no CLI that could be used.
 */
export async function createApp(given: SettingsInput = {}, options: ServerOptions = {}): Promise<RunningApp> {
  return beginGateway(given, options, async (parts) => {
    checkExposure(parts.settings);
    const gateway = await openGateway(parts);
    logOpened(parts);
    let ending: Promise<void> | undefined;
    const end = async (): Promise<void> => {
      gateway.refuseMore();
      await gateway.cut();
      await gateway.close();
      parts.insight.close();
    };
    const fetch = async (request: Request): Promise<Response> => gateway.app.fetch(request);
    return { app: gateway.app, fetch, listener: createListener(fetch, parts.logger), close: () => (ending ??= end()) };
  });
}
