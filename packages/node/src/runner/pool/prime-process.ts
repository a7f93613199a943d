import type { CliProcess } from '../process/cli-process.ts';
import type { ModelList } from '../models/model-list.ts';

const rounds = 4;

/**
 * Has a fresh process do some of what a turn will need. None of it changes anything that a later request would see; what it runs
 * through is compiled by the time it is needed. Whoever takes the process meanwhile speaks after the first ones, which are
 * written at once; the rest only reads.
 */
export async function primeProcess(fresh: CliProcess, models: ModelList): Promise<void> {
  await Promise.all([
    // A process that does not list its models is of use all the same.
    models.ask(fresh).catch(() => {}),
    fresh.control({ subtype: 'get_settings' }),
    fresh.control({ subtype: 'apply_flag_settings', settings: { env: { CLAUDE_CODE_EXTRA_BODY: '{}' } } }),
  ]);
  for (let round = 0; round < rounds; round += 1) await fresh.control({ subtype: 'get_settings' });
}
