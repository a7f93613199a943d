import { SettingsError } from '../config/settings-error.ts';
import type { Settings } from '../config/settings-schema.ts';
import { isLoopback } from './is-loopback.ts';

/**
 * Makes sure that nobody on another machine can use a server without keys, unless that is meant.
 *
 * @throws {SettingsError} With the ways out.
 */
export function checkExposure({ server }: Pick<Settings, 'server'>): void {
  if (isLoopback(server.host) || Object.keys(server.api_keys).length > 0 || server.allow_unauthenticated) return;
  throw new SettingsError(
    [
      `With server.host '${server.host}' other machines reach this server, which has no keys: make one (\`claude-code-api create-key NAME\` prints what belongs in the settings), or add allow_unauthenticated = true under [server] to let everybody in.`,
      'To serve this machine alone, take host = "127.0.0.1". As flags: --server.allow_unauthenticated=true, --server.host=127.0.0.1.',
    ].join('\n'),
  );
}
