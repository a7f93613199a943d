import { linkSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLocalFileReader } from './create-local-file-reader.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'file-reader-')));
  for (const name of ['open', 'open/data', 'outside']) mkdirSync(join(root, name));
  for (const name of ['open/a.txt', 'open/data/b.txt', 'open/local.toml', 'outside/secret.txt']) writeFileSync(join(root, name), name);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const refused = { status: 400, message: expect.stringContaining('file_access.additional_dirs') };

/** Reads with `open` opened, and something in there protected. */
async function read(
  path: string,
  { protect = [], maxBytes = 1000 }: { protect?: readonly string[]; maxBytes?: number } = {},
): Promise<string> {
  const reader = createLocalFileReader({
    directories: [join(root, 'open'), join(root, 'not-there')],
    protectedPaths: protect.map((name) => join(root, name)),
  });
  const base64 = await reader(join(root, path), { tenant: '', maxBytes, signal: new AbortController().signal });
  return Buffer.from(base64, 'base64').toString();
}

test('what is protected is not read in an opened directory, whatever leads to it', async () => {
  const protect = ['open/data', 'open/local.toml', 'open/not-yet'];
  symlinkSync(join(root, 'open/data'), join(root, 'open/link'));
  symlinkSync(join(root, 'open/local.toml'), join(root, 'open/link.toml'));
  expect(await read('open/a.txt', { protect })).toBe('open/a.txt');
  for (const path of [
    'open/data/b.txt',
    'open/local.toml',
    'open/link/b.txt',
    'open/link.toml',
    'open/data/../local.toml',
    'open//data//b.txt',
  ])
    await expect(read(path, { protect }), path).rejects.toMatchObject(refused);
  mkdirSync(join(root, 'open/not-yet'));
  writeFileSync(join(root, 'open/not-yet/c.txt'), '');
  await expect(read('open/not-yet/c.txt', { protect })).rejects.toMatchObject(refused);
});

test('what is protected by a path that is a link is protected where it leads to', async () => {
  symlinkSync(join(root, 'open/data'), join(root, 'data-link'));
  symlinkSync(join(root, 'open/local.toml'), join(root, 'settings-link'));
  for (const path of ['open/data/b.txt', 'open/local.toml'])
    await expect(read(path, { protect: ['data-link', 'settings-link'] })).rejects.toMatchObject(refused);
});

test("servers' private directories are protected by their names, wherever they are", async () => {
  const name = 'claude-code-api-123-0a1b2c3d-AbCdEf';
  mkdirSync(join(root, 'open', name, 'secrets'), { recursive: true });
  writeFileSync(join(root, 'open', name, 'secrets', 'mcp.json'), '');
  symlinkSync(join(root, 'open', name), join(root, 'open', 'innocent'));
  for (const path of [`open/${name}/secrets/mcp.json`, 'open/innocent/secrets/mcp.json'])
    await expect(read(path)).rejects.toMatchObject(refused);
});

test('a directory that becomes a link elsewhere, between the check and the opening, leads to nothing outside', async () => {
  const place = join(root, 'open/turn');
  const away = join(root, 'open/turned');
  mkdirSync(place);
  writeFileSync(join(place, 'secret.txt'), 'inside');
  let goesOn = true;
  const swap = (): void => {
    if (!goesOn) return;
    renameSync(place, away);
    symlinkSync(join(root, 'outside'), place);
    setImmediate(() => {
      if (!goesOn) return;
      unlinkSync(place);
      renameSync(away, place);
      setImmediate(swap);
    });
  };
  swap();
  const outcomes = new Set<string>();
  for (let round = 0; round < 500; round += 1) outcomes.add(await read('open/turn/secret.txt').catch(() => 'refused'));
  goesOn = false;
  expect(outcomes).not.toContain('outside/secret.txt');
});

test('a file that is replaced by another while it is read, as editors do, is not told from one that is gone', async () => {
  await expect(read('open/gone.txt')).rejects.toMatchObject(refused);
  linkSync(join(root, 'open/a.txt'), join(root, 'open/second-name.txt'));
  expect(await read('open/second-name.txt')).toBe('open/a.txt');
});

test('a file is no larger than there is room for', async () => {
  expect(await read('open/a.txt', { maxBytes: 10 })).toBe('open/a.txt');
  await expect(read('open/a.txt', { maxBytes: 9 })).rejects.toThrow(/has 10 bytes.*room for 9/);
});
