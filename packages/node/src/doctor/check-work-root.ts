import { access, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../config/settings-schema.ts';
import { type CheckResult, messageOf } from './check-result.ts';
import { withProbeDirectory } from './with-probe-directory.ts';

/** Whether there can be directories for conversations to work in. */
export async function checkWorkRoot({ claude: { work_root: workRoot } }: Settings): Promise<CheckResult> {
  const path = workRoot ?? tmpdir();
  try {
    // A place for temporary files that is not there is not made.
    if (workRoot === undefined) await access(path);
    await withProbeDirectory(path, (directory) => writeFile(join(directory, 'file'), ''));
    return { status: 'ok', what: `${path} can be written to` };
  } catch (error) {
    return {
      status: 'fail',
      what: `${path} can't be written to: ${messageOf(error)}`,
      advice:
        workRoot === undefined
          ? 'Let the user that runs the server write there, or name another directory in the environment variable TMPDIR.'
          : 'Let the user that runs the server write there, or name another directory in claude.work_root.',
    };
  }
}
