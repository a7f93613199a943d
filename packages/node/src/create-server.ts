import type { ClaudeRunner } from '@claude-code-api/gateway';
import type { SettingsInput } from './config/load-settings.ts';
import { beginGateway, type BegunGateway, type ServerOptions } from './server/begin-gateway.ts';
import { startServer, type ServedGateway } from './server/start-server.ts';

/** A server that listens, and what it was made of. */
export type RunningServer<Runner extends ClaudeRunner = ClaudeRunner> = ServedGateway & BegunGateway<Runner>;

/**
 * Starts the whole server, as the command does, and listens.
 *
 * @param given As in the settings file, by section: `{ server: { port: 0 }, profiles: { agent: { tools: ['Read'] } } }`. Default: all by default.
 * @throws {SettingsError} For a wrong setting, or a profile that can't be had on this machine.
 * @throws {Error} When there is no CLI that could be used, or the address can't be had.
 */
export async function createServer<Runner extends ClaudeRunner = ClaudeRunner>(
  given: SettingsInput,
  options: ServerOptions<Runner> & { readonly runner: Runner },
): Promise<RunningServer<Runner>>;
export async function createServer(given?: SettingsInput, options?: ServerOptions): Promise<RunningServer>;
export async function createServer(given: SettingsInput = {}, options: ServerOptions = {}): Promise<RunningServer> {
  return beginGateway(given, options, startServer);
}
