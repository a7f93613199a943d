import type { SettingsSources } from '../config/load-settings.ts';
import type { Settings } from '../config/settings-schema.ts';
import { readStoredLogin } from '../runner/cli/cli-login.ts';
import { checkAccess } from './check-access.ts';
import { checkApi } from './check-api.ts';
import { checkAgents, checkPowers, checkSandbox } from './check-profiles.ts';
import { checkCli, checkLogin, checkStart } from './check-cli.ts';
import { checkMachines } from './check-machines.ts';
import { checkMemory } from './check-memory.ts';
import { checkPort } from './check-port.ts';
import { type CheckResult, messageOf, toReport } from './check-result.ts';
import { checkSettingsFile, checkSettings } from './check-settings.ts';
import { checkStorage } from './check-storage.ts';
import { checkWorkRoot } from './check-work-root.ts';
import type { InstalledCli } from './with-launcher.ts';

export interface DoctorOptions extends SettingsSources {
  /** Takes what each check has found, as soon as that is known. */
  readonly print: (text: string) => void;
}

/**
 * Checks this machine and the settings, each thing by itself: one that fails keeps none from being checked but those that need it.
 * No model is asked, and nothing is left behind.
 *
 * @returns Whether nothing failed.
 */
export async function runDoctor({ print, ...sources }: DoctorOptions): Promise<boolean> {
  const { environment, file } = sources;
  const failed: string[] = [];

  async function step<Found>(name: string, check: () => CheckResult<Found> | Promise<CheckResult<Found>>): Promise<Found | undefined> {
    const result = await attempt(check);
    print(toReport(name, result));
    if (result.status === 'fail') failed.push(name);
    return result.found;
  }

  const settings = await step('Settings', () => checkSettings(sources));
  await step('Settings file', () => checkSettingsFile(file));
  const withSettings =
    <Found>(check: (given: Settings) => CheckResult<Found> | Promise<CheckResult<Found>>) =>
    (): CheckResult<Found> | Promise<CheckResult<Found>> =>
      settings === undefined ? { status: 'skipped', what: 'the settings are not known' } : check(settings);
  const isElsewhere = settings !== undefined && settings.claude.runner !== 'cli';
  /** What is to be looked into on the machine that runs the turns. */
  const here = <Found>(check: (given: Settings) => CheckResult<Found> | Promise<CheckResult<Found>>) =>
    isElsewhere ? (): CheckResult<Found> => ({ status: 'skipped', what: 'the turns do not run on this machine' }) : withSettings(check);
  if (settings?.claude.runner === 'remote') await step('Machines', () => checkMachines(settings));
  if (settings?.claude.runner === 'api') await step('Messages API', () => checkApi(settings, environment));
  const cli = await step(
    'Claude Code',
    here((given) => checkCli(given, environment)),
  );
  const withCli = (check: (installed: InstalledCli) => Promise<CheckResult>): (() => CheckResult | Promise<CheckResult>) =>
    here((given) =>
      cli === undefined ? { status: 'skipped', what: 'there is no CLI that could be asked' } : check({ cli, settings: given, environment }),
    );
  await step('Login', withCli(checkLogin));
  await step('Start', withCli(checkStart));
  await step('Storage', withSettings(checkStorage));
  await step('Working directories', here(checkWorkRoot));
  await step(
    'Profiles',
    here((given) => checkAgents(given, { environment, settingsFile: file })),
  );
  await step(
    'Sandbox',
    here((given) => checkSandbox(given, { environment, settingsFile: file })),
  );
  await step('Address', withSettings(checkPort));
  await step('Who may use it', withSettings(checkAccess));
  await step('Powers', here(checkPowers));
  await step(
    'Memory',
    here((given) => checkMemory(given, readStoredLogin(environment).login)),
  );
  print(failed.length === 0 ? '\nNothing stands in the way.' : `\nTo be mended: ${failed.join(', ')}.`);
  return failed.length === 0;
}

async function attempt<Found>(check: () => CheckResult<Found> | Promise<CheckResult<Found>>): Promise<CheckResult<Found>> {
  try {
    return await check();
  } catch (error) {
    return { status: 'fail', what: messageOf(error) };
  }
}
