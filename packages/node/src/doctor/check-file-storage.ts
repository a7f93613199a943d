import { statfs } from 'node:fs/promises';
import type { Settings } from '../config/settings-schema.ts';
import { createStorageBackend } from '../storage/create-storage-backend.ts';
import type { CheckResult } from './check-result.ts';
import { messageOf } from './message-of.ts';
import { createNoteLogger } from './note-logger.ts';
import { tryStorage } from './try-storage.ts';
import { withProbeDirectory } from './with-probe-directory.ts';

/** Whether files can be stored, in a directory of its own: another server may use the one around it. */
export async function checkFileStorage({ path, max_megabytes: maxMegabytes }: Settings['storage']): Promise<CheckResult> {
  try {
    const freeMegabytes = await withProbeDirectory(path, async (directory) => {
      const backend = await createStorageBackend({ driver: 'fs', path: directory, logger: createNoteLogger().logger });
      try {
        await tryStorage(backend.storage);
      } finally {
        await backend.close();
      }
      const { bavail, bsize } = await statfs(directory);
      return Math.floor((bavail * bsize) / 1_000_000);
    });
    const what = `files in ${path}: written, read and deleted; ${freeMegabytes} MB are free on that disk`;
    if (freeMegabytes >= maxMegabytes) return { status: 'ok', what };
    return {
      status: 'warn',
      what,
      advice: `Conversations may take ${maxMegabytes} MB: make room, or lower storage.max_megabytes.`,
    };
  } catch (error) {
    return {
      status: 'fail',
      what: `files in ${path}: ${messageOf(error)}`,
      advice: 'Let the user that runs the server write there, make room, or name another directory in storage.path.',
    };
  }
}
