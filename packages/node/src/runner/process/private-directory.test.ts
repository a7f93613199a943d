import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makePrivateDirectory } from './private-directory.ts';

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
  await vi.waitFor(() => expect(existsSync(left)).toBe(false));
  expect(readdirSync(parent).toSorted()).toEqual(
    [...kept, `claude-code-api-${dead}-${tag}-linked`, basename(own), basename(second)].toSorted(),
  );
});

test('one that can not be made says what to set', () => {
  writeFileSync(join(parent, 'file'), '');
  for (const place of [join(parent, 'not-there'), join(parent, 'file')])
    expect(() => makePrivateDirectory(place)).toThrow(new RegExp(`'${place}' \\(ENO.*TMPDIR`));
});
