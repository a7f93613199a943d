import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleDirectory } from '../bundled-entries.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const bin = join(root, 'packages/node/dist/bin.js');

/** The path of the command as it is installed, in few files under `npm test`; it is built where it was not yet. */
export function builtCommand(): string {
  if (process.env['TEST_BUILT'] !== undefined) return join(bundleDirectory, 'bin.js');
  if (!existsSync(bin)) execFileSync('npx', ['tsc', '-b', 'packages/gateway', 'packages/node'], { cwd: root });
  return bin;
}
