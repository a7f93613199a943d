import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Logger } from '@claude-code-api/gateway';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AgentProfile } from './agent-profile.ts';
import { checkProfiles } from './check-profiles.ts';
import { pureProfile } from './pure-profile.ts';

let root: string;
let work: string;
let settings: string;
let warnings: string[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'check-profiles-'));
  work = join(root, 'work');
  settings = join(work, 'config', 'local.toml');
  mkdirSync(join(work, 'config'), { recursive: true });
  symlinkSync(work, join(root, 'link'));
  warnings = [];
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

const ignore = (): void => {};
const logger: Logger = { debug: ignore, info: ignore, error: ignore, warn: (_fields, message) => void warnings.push(message) };

function check(profile: Partial<AgentProfile>, workRoot = join(root, 'conversations')): void {
  checkProfiles({ agent: { ...pureProfile, tools: ['Read', 'Bash'], protectedPaths: [settings], ...profile } }, workRoot, logger);
}

describe('a shell does not start where its directories', () => {
  test.each<[string, () => Partial<AgentProfile>]>([
    ['hold what is protected', () => ({ workingDirectory: work })],
    ['hold it deeper', () => ({ workingDirectory: root })],
    ['are in it', () => ({ workingDirectory: join(work, 'config'), protectedPaths: [work] })],
    ['lead to it by a link', () => ({ workingDirectory: join(root, 'link') })],
    ['are all there is', () => ({ additionalDirectories: ['/'], workingDirectory: join(work, 'config'), protectedPaths: [] })],
    ['hold the private files of servers', () => ({ additionalDirectories: [tmpdir()], workingDirectory: root, protectedPaths: [] })],
    ['hold what a link leads to', () => ({ workingDirectory: work, protectedPaths: [join(root, 'link', 'config')] })],
  ])('%s', (_, profile) => {
    for (const tools of [['Bash'], ['Read', 'Monitor']])
      expect(() => check({ tools, ...profile() })).toThrow(/'agent' can find what is protected/);
    for (const permissionMode of ['acceptEdits', 'plan', 'dontAsk'] as const)
      expect(() => check({ permissionMode, ...profile() })).toThrow();
    expect(() => check({ ...profile(), sandbox: { network: [] } })).toThrow();
    expect(() => check({ ...profile(), tools: ['Read', 'Grep'] })).not.toThrow();
  });
});

test('a shell starts elsewhere, beside what is protected too', () => {
  check({ workingDirectory: work, protectedPaths: [join(root, 'other'), `${work}-data`] });
  check({});
  expect(warnings).toEqual([]);
});

test('who skips permissions is warned alone', () => {
  vi.spyOn(process, 'getuid').mockReturnValue(1000);
  check({ workingDirectory: work, permissionMode: 'bypassPermissions' });
  expect(warnings).toEqual([expect.stringContaining(settings)]);
  vi.spyOn(process, 'getuid').mockReturnValue(0);
  expect(() => check({ permissionMode: 'bypassPermissions' })).toThrow(/as root/);
});

test('directories that hold those of all conversations can’t be had, not by a link either', () => {
  for (const directory of [root, dirname(root), join(root, 'link')]) {
    expect(() => check({ tools: ['Read'], additionalDirectories: [directory] }, join(work, 'conversations'))).toThrow(
      /working directories of all/,
    );
  }
});
