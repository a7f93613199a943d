import { chmodSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCurrentCli } from './current-cli.ts';
import { findCli } from './find-cli.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'current-cli-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A command that says a version, and what a link of another name leads to. */
function install(name: string, version: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\necho '${version} (Claude Code)'\n`);
  chmodSync(path, 0o755);
  return path;
}

function link(to: string, name = 'claude'): void {
  const path = join(directory, name);
  symlinkSync(to, `${path}.new`);
  renameSync(`${path}.new`, path);
}

async function start(command?: string) {
  const log: string[] = [];
  const note = (_: object, message: string): void => void log.push(message);
  const cli = createCurrentCli(await findCli({ command, environment: { PATH: directory } }), {
    debug: note,
    info: note,
    warn: note,
    error: note,
  });
  await cli.check();
  return { cli, log };
}

test('a link that leads to another version is followed', async () => {
  link(install('one', '3.0.1'));
  const { cli, log } = await start();
  expect(cli).toMatchObject({ path: join(directory, 'claude'), version: '3.0.1' });
  expect(log).toEqual([]);
  link(install('two', '3.0.2'));
  rmSync(join(directory, 'one'));
  await Promise.all([cli.check(), cli.check()]);
  expect(cli).toMatchObject({ path: join(directory, 'claude'), version: '3.0.2' });
  expect(log).toEqual(['Claude Code has been replaced']);
});

test('a file that is replaced by another is seen', async () => {
  install('claude', '3.0.1');
  const { cli } = await start();
  install('next', '3.0.2');
  renameSync(join(directory, 'next'), join(directory, 'claude'));
  await cli.check();
  expect(cli.version).toBe('3.0.2');
});

test('one that is gone is looked for in the way in which it was found', async () => {
  install('claude', '3.0.1');
  const { cli } = await start();
  rmSync(join(directory, 'claude'));
  await cli.check();
  expect(cli.path).toContain('claude-code');
  expect(cli.version).not.toBe('3.0.1');
});

test('one that is gone and can’t be found stays what it was, until it is back', async () => {
  const path = install('own', '3.0.1');
  const { cli } = await start(path);
  rmSync(path);
  await cli.check();
  expect(cli).toMatchObject({ path, version: '3.0.1' });
  install('own', '3.0.5');
  await cli.check();
  expect(cli).toMatchObject({ path, version: '3.0.5' });
});

test('one that does not say its version yet is asked again', async () => {
  const path = install('own', '3.0.1');
  const { cli } = await start(path);
  writeFileSync(path, 'half');
  await cli.check();
  expect(cli.version).toBe('3.0.1');
  install('own', '3.0.2');
  await cli.check();
  expect(cli.version).toBe('3.0.2');
});
