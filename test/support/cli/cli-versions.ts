import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { CliInstallation } from '@claude-code-api/node';

const here = createRequire(import.meta.url);
const nodePackage = createRequire(here.resolve('@claude-code-api/node'));

/** The newest CLI that is known to work; another one for `npm run cli:try`. */
export const newestCli = installationOf(process.env['TRY_CLI'] ?? nodePackage.resolve('@anthropic-ai/claude-code/package.json'));

/** The oldest that is supported. */
export const minimumCli = installationOf(here.resolve('claude-code-minimum/package.json'));

function installationOf(manifest: string): CliInstallation {
  const path = join(dirname(manifest), 'bin', 'claude.exe');
  const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).split(' ')[0] ?? '';
  return { path, version, source: 'the test package' };
}
