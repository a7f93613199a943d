import type { Settings } from '../config/settings-schema.ts';
import { isLoopback } from '../keys/is-loopback.ts';
import type { CheckResult } from './check-result.ts';

/** Whether callers on other machines may have Claude do anything on this one. */
export function checkPowers({ server, file_access: access, profiles }: Settings): CheckResult {
  const unlimited = [
    ...(access.skip_permissions ? ['file_access.skip_permissions'] : []),
    ...Object.entries(profiles).flatMap(([name, profile]) => (profile.permission_mode === 'bypassPermissions' ? [`profiles.${name}`] : [])),
  ];
  if (unlimited.length === 0) return { status: 'ok', what: 'nothing lets Claude do all that it likes' };
  if (isLoopback(server.host))
    return { status: 'ok', what: `callers on this machine alone may have Claude do anything: ${unlimited.join(', ')}` };
  return {
    status: 'warn',
    what: `callers on other machines may have Claude do anything on this one: ${unlimited.join(', ')}`,
    advice: 'Choose another permission mode with rules of what is allowed, or run the server in a container or machine of its own.',
  };
}
