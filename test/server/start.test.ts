import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { pathOf } from '../support/docs/doc-pages.ts';

// `npm start` in a fresh clone, as far as it needs no CLI.

let clone: string;
beforeAll(async () => {
  clone = await makeTemporaryDirectory();
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: pathOf('.'),
    encoding: 'utf8',
  });
  for (const file of files.split('\0')) {
    const isLeftOut = file === '' || file.startsWith('test/') || file.startsWith('docs/') || !existsSync(pathOf(file));
    if (!isLeftOut) cpSync(pathOf(file), join(clone, file));
  }
  // The lock file names all of the workspace.
  for (const manifest of ['test/package.json', 'test/mock-anthropic/package.json']) cpSync(pathOf(manifest), join(clone, manifest));
});
afterAll(() => rmSync(clone, { recursive: true, force: true }));

function start(...parameters: readonly string[]): Promise<{ stdout: string; stderr: string; error: Error | null }> {
  return new Promise((resolve) => {
    execFile('npm', ['start', '--silent', '--', ...parameters], { cwd: clone, timeout: 240_000 }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, error });
    });
  });
}

test('says what it installs, brings no Claude Code where none is needed, and installs nothing again', async () => {
  const first = await start('create-key', 'alice');
  expect(first.error, first.stderr).toBeNull();
  expect(first.stdout).toMatch(/^The key 'alice'[^]*\[server\.api_keys\.alice\]/);
  expect(first.stderr).toMatch(/^Installing the packages of the server[^]*\nBuilding \.\.\.\n$/);
  expect(existsSync(join(clone, 'packages/node_modules'))).toBe(false);
  expect(await start('--version')).toMatchObject({ error: null, stderr: '', stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  const settled = await start('--claude.command=/nowhere/claude', '--server.port=0');
  expect(settled.stderr).toMatch(/^No usable Claude Code CLI/);
}, 300_000);
