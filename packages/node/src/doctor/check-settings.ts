import { existsSync } from 'node:fs';
import { defaultSettingsFile } from '../config/default-settings-file.ts';
import { loadSettings, type SettingsSources } from '../config/load-settings.ts';
import type { Settings } from '../config/settings-schema.ts';
import type { CheckResult } from './check-result.ts';
import { messageOf } from './message-of.ts';

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
