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
      `Setting 'server.host' is '${server.host}': whoever reaches this server from another machine could use it, since there are no keys. Either`,
      "  - listen on this machine alone: server.host '127.0.0.1', or",
      '  - make a key: `claude-code-api create-key NAME` prints what belongs in the settings file, or',
      '  - let everybody in who reaches it: server.allow_unauthenticated true.',
    ].join('\n'),
  );
}
