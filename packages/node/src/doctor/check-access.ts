import type { Settings } from '../config/settings-schema.ts';
import { checkExposure } from '../keys/check-exposure.ts';
import { isLoopback } from '../keys/is-loopback.ts';
import { type CheckResult, messageOf } from './check-result.ts';

/** Who may use the server. */
export function checkAccess(settings: Settings): CheckResult {
  const { host, api_keys: keys } = settings.server;
  const names = Object.keys(keys);
  try {
    checkExposure(settings);
  } catch (error) {
    const [what = '', ...waysOut] = messageOf(error).split('\n');
    return { status: 'fail', what, advice: waysOut.join('\n') };
  }
  const place = isLoopback(host) ? 'from this machine' : 'from other machines too';
  if (names.length > 0) return { status: 'ok', what: `who has a key, ${place}: ${names.join(', ')}` };
  if (isLoopback(host)) return { status: 'ok', what: `everybody ${place}, without a key` };
  return {
    status: 'warn',
    what: `everybody who reaches ${host}, without a key`,
    advice: 'Make a key by `claude-code-api create-key NAME`, unless something in front of this server lets only the right ones in.',
  };
}
