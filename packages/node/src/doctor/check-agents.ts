import { resolve } from 'node:path';
import type { Settings } from '../config/settings-schema.ts';
import { missingDirectoriesOf } from '../profiles/missing-directories-of.ts';
import { resolveProfiles, type ResolveProfilesOptions } from '../profiles/resolve-profiles.ts';
import { privateParentOf } from '../runner/process/private-directory.ts';
import { checkProfiles } from '../runner/profile/check-profiles.ts';
import type { CheckResult } from './check-result.ts';
import { messageOf } from './message-of.ts';
import { createNoteLogger } from './note-logger.ts';

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
