import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { newestCli } from '../cli/cli-versions.ts';
import { makeTemporaryDirectory } from '../make-temporary-directory.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A project of somebody else, in which both packages are installed by npm as they would be published. */
export interface PackedProject {
  readonly directory: string;
  /** Copies a file or a folder of the repository into the project; its place there, by its name alone. */
  copy(path: string): string;
  /** Brings what an example needs beside the packages, by its name, from where the repository has it. */
  link(name: string, from: string): void;
  /** @throws {Error} With what it said, when it ends badly. */
  run(command: string, parameters: readonly string[], environment?: Readonly<Record<string, string>>): Promise<string>;
  /** The environment in which there is the real CLI, which speaks to a mock of the API; there is none without. */
  cliEnvironment(mockUrl: string): Readonly<Record<string, string>>;
  remove(): void;
}

/**
 * Packs both packages, which must be built, and installs them.
 *
 * @param more What else to install, as npm is told it. Default: nothing.
 */
export async function createPackedProject(more: readonly string[] = []): Promise<PackedProject> {
  if (!existsSync(join(root, 'packages/node/dist/index.js'))) throw new Error('Run `npx tsc -b` first.');
  const directory = realpathSync(await makeTemporaryDirectory());
  const packed = join(directory, 'packed');
  mkdirSync(packed);
  const pnpm = join(root, 'node_modules/.bin/pnpm');
  await run(pnpm, ['--filter', './packages/*', '-r', 'pack', '--pack-destination', packed], { cwd: root });
  const archives = readdirSync(packed).map((name) => `./packed/${name}`);
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'of-somebody-else', private: true, type: 'module' }));
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  await run('npm', ['install', ...quiet, ...archives, ...more], { cwd: directory, timeout: 300_000 });
  return {
    directory,
    copy(path) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      cpSync(join(root, path), join(directory, name), { recursive: true });
      return name;
    },
    link(name, from) {
      const place = join(directory, 'node_modules', name);
      if (existsSync(place)) return;
      mkdirSync(dirname(place), { recursive: true });
      symlinkSync(realpathSync(join(root, from, 'node_modules', name)), place);
    },
    async run(command, parameters, environment = {}) {
      const env = {
        ...process.env,
        NO_PROXY: '127.0.0.1,localhost',
        HOME: directory,
        TMPDIR: directory,
        npm_config_cache: process.env['npm_config_cache'] ?? npmCache(),
        ...environment,
      };
      const { stdout } = await run(command, [...parameters], { cwd: directory, env, timeout: 240_000 }).catch(
        (error: { stdout: string; stderr: string; message: string }) => {
          throw new Error(`${command} ${parameters.join(' ')}: ${error.message}\n${error.stdout}\n${error.stderr}`);
        },
      );
      return stdout;
    },
    cliEnvironment(mockUrl) {
      const bin = join(directory, 'bin');
      mkdirSync(bin, { recursive: true });
      writeFileSync(join(bin, 'claude'), `#!/bin/sh\nexec '${newestCli.path}' "$@"\n`, { mode: 0o755 });
      return { PATH: `${bin}:${process.env['PATH'] ?? ''}`, ANTHROPIC_API_KEY: 'sk-ant-test-key', ANTHROPIC_BASE_URL: mockUrl };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function npmCache(): string {
  return join(process.env['HOME'] ?? '/', '.npm');
}
