import type { Settings } from '../config/settings-schema.ts';
import { resolveProfiles, type ResolveProfilesOptions } from '../profiles/resolve-profiles.ts';
import { hasShell } from '../runner/profile/agent-profile.ts';
import { sandboxProblem } from '../runner/permissions/sandbox-problem.ts';
import type { CheckResult } from './check-result.ts';

/** Whether commands of agents can run in a sandbox on this machine, and of which profiles they do not. */
export function checkSandbox(settings: Settings, options: ResolveProfilesOptions): CheckResult {
  const problem = (options.sandboxProblem ?? (() => sandboxProblem(options.environment)))();
  const { profiles } = resolveProfiles(settings, { ...options, sandboxProblem: () => problem });
  const open = Object.entries(profiles).flatMap(([name, profile]) => (hasShell(profile) && profile.sandbox === undefined ? [name] : []));
  const works = problem === undefined ? 'it works here' : 'it does not work here';
  if (open.length === 0)
    return { status: 'ok', what: problem === undefined ? works : `${works}, and no profile runs commands. ${problem}` };
  return {
    status: 'warn',
    what: `${works}, and commands of these profiles run without it: ${open.join(', ')}`,
    advice: problem ?? 'They are as free as this server’s user. Leave out `sandbox = false`, or say `sandbox = true`.',
  };
}
