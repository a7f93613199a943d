import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleForNode } from '../../support/programs/bundle-for-node.ts';
import { makeTemporaryDirectory } from '../../support/make-temporary-directory.ts';

export interface BundledServer {
  /** A script that Node starts fast. */
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes one file of `remembering-server.ts` and all that it needs. */
export async function bundleRememberingServer(): Promise<BundledServer> {
  const directory = await makeTemporaryDirectory();
  const path = join(directory, 'remembering-server.mjs');
  await bundleForNode(fileURLToPath(new URL('remembering-server.ts', import.meta.url)), path);
  return { path, remove: () => rm(directory, { recursive: true, force: true }) };
}
