import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findCli, minimumCliVersion } from './find-cli.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'find-cli-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A command that says a version, in a directory of its own. */
function install(where: string, says: string, mode = 0o755): string {
  const path = join(directory, where, 'claude');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${says}\n`);
  chmodSync(path, mode);
  return path;
}

const version = (number: string): string => `echo '${number} (Claude Code)'`;
const search = (...where: string[]) => ({ PATH: where.map((each) => join(directory, each)).join(delimiter) });

test('takes the first on the PATH', async () => {
  install('one', version('3.0.1'));
  const two = install('two', version('3.0.2'));
  expect(await findCli({ environment: search('none', 'two', 'one') })).toMatchObject({ path: two, version: '3.0.2', source: 'PATH' });
});

test('passes over a file on the PATH that can’t be executed', async () => {
  install('one', version('3.0.1'), 0o644);
  const two = install('two', version('3.0.2'));
  expect(await findCli({ environment: search('one', 'two') })).toMatchObject({ path: two });
});

test('takes the installed package when there is none on the PATH', async () => {
  const found = await findCli({ environment: { PATH: directory } });
  expect(found).toMatchObject({ source: 'the installed package', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  expect(found.path).toContain('claude-code');
});

test('takes the installed package when that on the PATH is too old', async () => {
  install('old', version('2.1.100'));
  expect(await findCli({ environment: search('old') })).toMatchObject({ source: 'the installed package' });
});

test('takes a configured path, or a configured name on the PATH, and nothing else', async () => {
  const path = install('one', version('3.0.1'));
  install('two', version('3.0.2'));
  expect(await findCli({ command: path, environment: search('two') })).toMatchObject({ path, source: 'claude.command' });
  expect(await findCli({ command: 'claude', environment: search('one', 'two') })).toMatchObject({ path, source: 'claude.command' });
  const missing = join(directory, 'missing');
  const finding = findCli({ command: missing, environment: search('two') });
  await expect(finding).rejects.toThrow(`claude.command: '${missing}' is no file that can be executed`);
  await expect(findCli({ command: 'clade', environment: search('two') })).rejects.toThrow("claude.command: 'clade' is not on the PATH");
});

test('refuses one that is too old, and names both versions', async () => {
  const path = install('old', version('2.1.100'));
  const finding = findCli({ command: path, environment: {} });
  await expect(finding).rejects.toThrow(`version 2.1.100 is older than ${minimumCliVersion}`);
  await expect(finding).rejects.toThrow('npm install -g @anthropic-ai/claude-code@latest');
});

test('takes one of exactly the minimum', async () => {
  const path = install('minimum', version(minimumCliVersion));
  expect(await findCli({ command: path, environment: {} })).toMatchObject({ version: minimumCliVersion });
});

test.each(['exit 1', 'echo hello', 'kill -9 $$'])('refuses one that does not say its version: %s', async (says) => {
  const path = install('broken', says);
  await expect(findCli({ command: path, environment: {} })).rejects.toThrow(`claude.command (${path}): does not run`);
});
