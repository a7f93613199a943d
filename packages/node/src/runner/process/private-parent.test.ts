import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AgentProfile } from '../profile/agent-profile.ts';
import { checkProfiles } from '../profile/check-profiles.ts';
import { pureProfile } from '../profile/pure-profile.ts';
import { privateParentOf } from './private-parent.ts';

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
    const parent = privateParentOf(opens(directory));
    expect(parent).not.toBe(usual);
    expect(() => checkProfiles(opens(directory), parent, logger)).not.toThrow();
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
