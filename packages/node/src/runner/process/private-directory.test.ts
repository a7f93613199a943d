import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makePrivateDirectory, privateParentOf } from './private-directory.ts';
import type { AgentProfile } from '../profile/agent-profile.ts';
import { checkProfiles } from '../profile/check-profiles.ts';
import { pureProfile } from '../profile/pure-profile.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'private-directory-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

/** The id of a process that has ended. */
function deadPid(): string {
  return execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();
}

test('makes a directory that nobody else can look into', () => {
  const path = makePrivateDirectory(parent);
  expect(basename(path)).toMatch(new RegExp(`^claude-code-api-${process.pid}-[0-9a-f]{8}-\\w{6}$`));
  expect(existsSync(path)).toBe(true);
});

test('throws away what killed processes have left, and nothing else', async () => {
  const own = makePrivateDirectory(parent);
  const [, , , pid = '', tag = ''] = basename(own).split('-');
  expect(pid).toBe(String(process.pid));
  const dead = deadPid();
  const left = join(parent, `claude-code-api-${dead}-${tag}-abcdef`);
  mkdirSync(join(left, 'secrets'), { recursive: true });
  const kept = [
    `claude-code-api-${process.ppid}-${tag}-abcdef`,
    `claude-code-api-${dead}-00000000-abcdef`,
    `claude-code-api-${dead}-abcdef`,
    `claude-code-api-test-${dead}-${tag}-abcdef`,
  ];
  kept.forEach((name) => mkdirSync(join(parent, name)));
  symlinkSync(join(parent, kept[0] ?? ''), join(parent, `claude-code-api-${dead}-${tag}-linked`));
  const second = makePrivateDirectory(parent);
  await expect.poll(() => existsSync(left)).toBe(false);
  expect(readdirSync(parent).toSorted()).toEqual(
    [...kept, `claude-code-api-${dead}-${tag}-linked`, basename(own), basename(second)].toSorted(),
  );
});

test('one that can not be made says what to set', () => {
  writeFileSync(join(parent, 'file'), '');
  for (const place of [join(parent, 'not-there'), join(parent, 'file')])
    expect(() => makePrivateDirectory(place)).toThrow(new RegExp(`'${place}' \\(ENO.*TMPDIR`));
});

const usual = realpathSync(tmpdir());
const logger = { debug() {}, info() {}, warn() {}, error() {} };

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(usual, 'private-parent-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const opens = (...additionalDirectories: string[]): Record<string, AgentProfile> => ({
  a: { ...pureProfile, tools: ['Read'], additionalDirectories },
});

test('private directories are among temporary files, unless a profile opens those, by whatever path', () => {
  expect(privateParentOf({})).toBe(usual);
  expect(privateParentOf(opens(root))).toBe(usual);
  symlinkSync(usual, join(root, 'link'));
  for (const directory of [usual, join(root, 'link'), `${usual}/../${usual}`]) {
    const place = privateParentOf(opens(directory));
    expect(place).not.toBe(usual);
    expect(() => checkProfiles(opens(directory), place, logger)).not.toThrow();
  }
  expect(privateParentOf({ a: { ...pureProfile, workingDirectory: usual } })).not.toBe(usual);
});

test('where everything is open the profile can not be had', () => {
  expect(privateParentOf(opens('/'))).toBe(usual);
  expect(() => checkProfiles(opens('/'), usual, logger)).toThrow(/claude\.work_root/);
});

test('working directories of conversations are out of reach by their real paths', () => {
  for (const name of ['open', 'work']) mkdirSync(join(root, name));
  symlinkSync(join(root, 'open'), join(root, 'link-to-open'));
  symlinkSync(root, join(root, 'link-to-root'));
  const check = (directory: string, workRoot: string): void => checkProfiles(opens(join(root, directory)), join(root, workRoot), logger);
  for (const [directory, workRoot] of [
    ['open', 'link-to-open'],
    ['open', 'link-to-open/not-there/yet'],
    ['link-to-open', 'open/below'],
    ['link-to-root', 'work'],
    ['link-to-root/open', 'open'],
  ] as const)
    expect(() => check(directory, workRoot), `${workRoot} in ${directory}`).toThrow(/work_root/);
  expect(() => check('open', 'work')).not.toThrow();
  expect(() => check('link-to-open', 'work')).not.toThrow();
});
