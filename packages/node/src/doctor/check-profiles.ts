import { resolve } from 'node:path';
import type { Settings } from '../config/settings-schema.ts';
import { missingDirectoriesOf } from '../profiles/missing-directories-of.ts';
import { resolveProfiles, type ResolveProfilesOptions } from '../profiles/resolve-profiles.ts';
import { privateParentOf } from '../runner/process/private-directory.ts';
import { checkProfiles } from '../runner/profile/check-profiles.ts';
import { type CheckResult, messageOf } from './check-result.ts';
import { createNoteLogger } from './note-logger.ts';
import { hasShell } from '../runner/profile/agent-profile.ts';
import { sandboxProblem } from '../runner/permissions/sandbox-problem.ts';
import { isLoopback } from '../keys/is-loopback.ts';

/** Whether the profiles can be had on this machine: their directories and files are there, and none is more than it seems. */
export function checkAgents(settings: Settings, options: ResolveProfilesOptions): CheckResult {
  const { logger, notes } = createNoteLogger();
  try {
    const { profiles } = resolveProfiles(settings, options);
    checkProfiles(profiles, resolve(settings.claude.work_root ?? privateParentOf(profiles)), logger);
    for (const { key, path } of missingDirectoriesOf(settings))
      logger.warn({ profile: key }, `'${path}' does not exist, so nothing is opened there`);
    const names = Object.keys(profiles);
    if (notes.length === 0)
      return { status: 'ok', what: names.length === 0 ? 'none, Claude is a model and nothing more' : names.join(', ') };
    return { status: 'warn', what: notes.map(({ fields, message }) => `${String(fields['profile'])}: ${message}`).join('\n') };
  } catch (error) {
    return { status: 'fail', what: messageOf(error), advice: 'The server does not start with that: correct the settings.' };
  }
}

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
