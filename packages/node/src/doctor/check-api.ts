import type { Settings } from '../config/settings-schema.ts';
import { resolveProfiles } from '../profiles/resolve-profiles.ts';
import { openApiRunner } from '../machines/open-api-runner.ts';
import { type CheckResult, messageOf } from './check-result.ts';

/** Whether the Messages API takes the key. No model is asked. */
export async function checkApi(settings: Settings, environment: Readonly<Record<string, string | undefined>>): Promise<CheckResult> {
  const { defaultProfile } = resolveProfiles(settings, { environment, isElsewhere: true });
  const runner = openApiRunner(settings, { environment, hasPowers: defaultProfile !== undefined, prices: {} });
  try {
    const models = await runner.models();
    return { status: 'ok', what: `the key is taken, and there are ${models.length} models` };
  } catch (error) {
    return {
      status: 'fail',
      what: messageOf(error),
      advice: 'Set ANTHROPIC_API_KEY, and ANTHROPIC_BASE_URL where it is for another server.',
    };
  } finally {
    await runner.close();
  }
}
