import { existsSync } from 'node:fs';
import { defaultSettingsFile, loadSettings, type SettingsSources } from '../config/load-settings.ts';
import type { Settings } from '../config/settings-schema.ts';
import { type CheckResult, messageOf } from './check-result.ts';
import { stat } from 'node:fs/promises';
import { printSettings } from '../config/print-settings.ts';

const readableByOthers = 0o044;

/** Whether the settings load. */
export function checkSettings(sources: SettingsSources): CheckResult<Settings> {
  try {
    const found = loadSettings(sources);
    const variables = Object.keys(sources.environment).filter((name) => name.startsWith('CLAUDE_CODE__')).length;
    const file = sources.file ?? (existsSync(defaultSettingsFile) ? defaultSettingsFile : 'no file');
    return { status: 'ok', what: `${file}, ${variables} in the environment, ${Object.keys(sources.flags).length} by flags`, found };
  } catch (error) {
    return { status: 'fail', what: messageOf(error), advice: 'Correct them; `claude-code-api --help settings` lists all settings.' };
  }
}

/** Whether others on this machine can read secrets in the settings file. */
export async function checkSettingsFile(file: string | undefined): Promise<CheckResult> {
  const path = file ?? defaultSettingsFile;
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined) return { status: 'ok', what: `there is no ${path}` };
  // Windows has no such modes.
  const isOpen = process.platform !== 'win32' && (facts.mode & readableByOthers) !== 0;
  if (!isOpen) return { status: 'ok', what: `only its owner may read ${path}` };
  if (!holdsSecrets(path)) return { status: 'ok', what: `${path} holds no secret` };
  return {
    status: 'warn',
    what: `other users of this machine may read ${path}, which holds secrets`,
    advice: `Make it private: chmod 600 ${path}`,
  };
}

/** Whether it holds what is masked where settings are shown. */
function holdsSecrets(file: string): boolean {
  try {
    return printSettings(loadSettings({ file, environment: {}, flags: {} })).includes('********');
  } catch {
    // It is not whole without other sources; better a warning too many.
    return true;
  }
}
