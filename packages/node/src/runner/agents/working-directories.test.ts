import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWorkingDirectories, type DirectoryUser, type WorkingDirectories } from './working-directories.ts';

const ttlMs = 200;
let root: string;
let directories: WorkingDirectories;
beforeEach(async () => {
  root = join(await mkdtemp(join(tmpdir(), 'working-directories-')), 'conversations');
  directories = createWorkingDirectories({ root, ttlMs });
});
afterEach(async () => {
  await directories.close();
  await rm(join(root, '..'), { recursive: true, force: true });
});

function createUser(): DirectoryUser {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    ended,
    async stop() {
      end();
      await ended;
    },
  };
}

test('a conversation has one private directory; those of other conversations, tenants, or none are others', () => {
  const { path } = directories.open('tenant', 'one');
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(directories.open('tenant', 'one').path).toBe(path);
  const others = [
    directories.open('tenant', 'two'),
    directories.open('other', 'one'),
    directories.open('tenant', '../one'),
    directories.open('tenant', undefined),
    directories.open('tenant', undefined),
  ];
  expect(new Set([path, ...others.map((other) => other.path)]).size).toBe(6);
  for (const other of others) expect(other.path).toMatch(/[\\/]conversations[\\/][0-9a-f]{32}$/);
});

test('one of no conversation goes with its user', async () => {
  const directory = directories.open('tenant', undefined);
  const user = createUser();
  directory.use(user);
  await user.stop();
  await expect.poll(() => readdirSync(root)).toEqual([]);
});

test('what is used stays however long; what is not goes after its time, also what an earlier run has left', async () => {
  const used = directories.open('tenant', 'used');
  const unused = directories.open('tenant', 'unused');
  const stranger = join(root, 'of-the-operator');
  writeFileSync(stranger, '');
  const user = createUser();
  used.use(user);
  const longAgo = new Date(Date.now() - 10_000);
  for (const path of [used.path, unused.path, stranger]) utimesSync(path, longAgo, longAgo);
  await expect.poll(() => existsSync(unused.path)).toBe(false);
  expect(existsSync(used.path)).toBe(true);
  await user.stop();
  await expect.poll(() => existsSync(used.path)).toBe(false);
  await expect.poll(() => readdirSync(root)).toEqual(['of-the-operator']);
});

test('forgotten, a directory goes with whoever works in it, and opened again it is empty', async () => {
  const directory = directories.open('tenant', 'one');
  const user = createUser();
  directory.use(user);
  writeFileSync(join(directory.path, 'file'), '');
  await directories.forget('tenant', 'one');
  await user.ended;
  expect(readdirSync(root)).toEqual([]);
  expect(readdirSync(directories.open('tenant', 'one').path)).toEqual([]);
  await directories.forget('tenant', 'never opened');
});
