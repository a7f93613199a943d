import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSettings } from '../config/load-settings.ts';
import type { Settings } from '../config/settings-schema.ts';
import { checkAccess } from './check-access.ts';
import { checkAgents, checkPowers, checkSandbox } from './check-profiles.ts';
import { checkMemory } from './check-memory.ts';
import { checkPort } from './check-port.ts';
import { checkSettingsFile } from './check-settings.ts';
import { checkStorage } from './check-storage.ts';
import { checkWorkRoot } from './check-work-root.ts';
import { toReport } from './check-result.ts';
import { withProbeDirectory } from './with-probe-directory.ts';

const keys = JSON.stringify({ alice: { hash: `sha256:${'0a'.repeat(32)}` } });

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'doctor-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function settings(flags: Readonly<Record<string, string>> = {}): Settings {
  return loadSettings({ environment: {}, flags });
}

/** A file where a directory is wanted: nothing can be made below it, not even by root. */
function blocked(): string {
  const file = join(directory, 'file');
  writeFileSync(file, '');
  return join(file, 'below');
}

test('a report has the status first, and everything else below one another', () => {
  expect(toReport('Port', { status: 'fail', what: 'one\ntwo', advice: 'three' })).toBe('FAIL     Port: one\n         two\n         three');
  expect(toReport('Port', { status: 'ok', what: 'free' })).toBe('ok       Port: free');
});

test('a probe directory goes with all that was made for it, and nothing else', async () => {
  const kept = join(directory, 'kept');
  mkdirSync(kept);
  const inner = await withProbeDirectory(join(kept, 'a', 'b'), async (probe) => {
    writeFileSync(join(probe, 'file'), '');
    return probe;
  });
  expect(existsSync(inner)).toBe(false);
  expect(readdirSync(directory)).toEqual(['kept']);
  expect(readdirSync(kept)).toEqual([]);
  await withProbeDirectory(join(kept, 'a', 'b'), async () => writeFileSync(join(kept, 'a', 'of-another'), ''));
  expect(readdirSync(join(kept, 'a'))).toEqual(['of-another']);
});

test('storage in files: written, read and deleted, beside what is there; or what is in the way', async () => {
  writeFileSync(join(directory, 'of-a-server'), 'x');
  const good = await checkStorage(settings({ 'storage.driver': 'fs', 'storage.path': directory, 'storage.max_megabytes': '0.001' }));
  expect(good).toMatchObject({ status: 'ok', what: expect.stringMatching(/written, read and deleted; \d+ MB/) });
  expect(readdirSync(directory)).toEqual(['of-a-server']);
  const small = await checkStorage(settings({ 'storage.driver': 'fs', 'storage.path': directory, 'storage.max_megabytes': '1e15' }));
  expect(small).toMatchObject({ status: 'warn', advice: expect.stringContaining('storage.max_megabytes') });
  const bad = await checkStorage(settings({ 'storage.driver': 'fs', 'storage.path': blocked() }));
  expect(bad).toMatchObject({ status: 'fail', what: expect.stringContaining('ENOTDIR'), advice: expect.stringContaining('storage.path') });
  expect(await checkStorage(settings())).toMatchObject({ status: 'ok', what: expect.stringContaining('memory') });
});

test('working directories', async () => {
  expect(await checkWorkRoot(settings({ 'claude.work_root': join(directory, 'work') }))).toMatchObject({ status: 'ok' });
  expect(existsSync(join(directory, 'work'))).toBe(false);
  expect(await checkWorkRoot(settings())).toMatchObject({ status: 'ok', what: expect.stringContaining(tmpdir()) });
  expect(await checkWorkRoot(settings({ 'claude.work_root': blocked() }))).toMatchObject({
    status: 'fail',
    advice: expect.stringContaining('claude.work_root'),
  });
});

test('the address: free, in use, of another machine', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  expect(await checkPort(settings({ 'server.port': String(port) }))).toMatchObject({
    status: 'fail',
    what: expect.stringContaining(`${port} is in use`),
    advice: expect.stringContaining('server.port'),
  });
  other.close();
  await once(other, 'close');
  const free = settings({ 'server.port': String(port) });
  expect(await checkPort(free)).toMatchObject({ status: 'ok' });
  // It was given back.
  expect(await checkPort(free)).toMatchObject({ status: 'ok' });
  expect(await checkPort(settings({ 'server.port': '0' }))).toMatchObject({ status: 'ok' });
  expect(await checkPort(settings({ 'server.host': '192.0.2.1' }))).toMatchObject({
    status: 'fail',
    advice: expect.stringContaining('server.host'),
  });
});

test.each<[string, Record<string, string>, string, string]>([
  ['this machine', {}, 'ok', 'without a key'],
  ['this machine with keys', { 'server.api_keys': keys }, 'ok', 'alice'],
  ['all machines with keys', { 'server.host': '0.0.0.0', 'server.api_keys': keys }, 'ok', 'other machines too: alice'],
  ['all machines', { 'server.host': '0.0.0.0', 'server.allow_unauthenticated': 'true' }, 'warn', 'everybody'],
  ['all machines, unsaid', { 'server.host': '0.0.0.0' }, 'fail', "'0.0.0.0'"],
])('who may use it, on %s', (_, flags, status, part) => {
  expect(checkAccess(settings(flags))).toMatchObject({ status, what: expect.stringContaining(part) });
});

test('powers without limit are a matter of who may use them', () => {
  const exposed = { 'server.host': '0.0.0.0', 'server.api_keys': keys };
  const powers = { 'file_access.skip_permissions': 'true', 'profiles.agent': '{"permission_mode": "bypassPermissions"}' };
  expect(checkPowers(settings(exposed))).toMatchObject({ status: 'ok' });
  expect(checkPowers(settings(powers))).toMatchObject({ status: 'ok', what: expect.stringContaining('this machine alone') });
  expect(checkPowers(settings({ ...exposed, ...powers }))).toMatchObject({
    status: 'warn',
    what: expect.stringContaining('file_access.skip_permissions, profiles.agent'),
  });
  expect(checkPowers(settings({ ...exposed, 'profiles.agent': '{"permission_mode": "plan"}' }))).toMatchObject({ status: 'ok' });
});

test('memory', () => {
  const few = settings({ 'claude.max_live_processes': '2', 'claude.max_concurrent_sessions': '2', 'claude.max_idle_processes': '1' });
  const resident = { kind: 'rss', availableBytes: 1_000_000_000 } as const;
  expect(checkMemory(few, 'key', resident)).toMatchObject({ status: 'ok', what: expect.stringContaining('some 1.0 GB') });
  // What they share counts once.
  expect(checkMemory(few, 'key', { kind: 'pss', availableBytes: 600_000_000 })).toMatchObject({ status: 'ok' });
  expect(checkMemory(few, 'key', { ...resident, availableBytes: 999_999_999 })).toMatchObject({
    status: 'warn',
    advice: expect.stringContaining('claude.max_live_processes'),
  });
});

test('profiles that can’t be had', () => {
  const options = { environment: {}, isRoot: false };
  expect(checkAgents(settings(), options)).toMatchObject({ status: 'ok' });
  expect(checkAgents(settings({ 'profiles.agent': '{"tools": ["Read"]}' }), options)).toMatchObject({ status: 'ok', what: 'agent' });
  const missing = JSON.stringify({ tools: ['Read'], working_directory: join(directory, 'missing') });
  expect(checkAgents(settings({ 'profiles.agent': missing }), options)).toMatchObject({
    status: 'fail',
    what: expect.stringContaining('missing'),
  });
});

test('profiles whose commands run without a sandbox are named, with what keeps them from one', () => {
  const check = (agent: object, problem?: string) =>
    checkSandbox(settings({ 'profiles.agent': JSON.stringify({ tools: ['Bash'], ...agent }) }), {
      environment: { HOME: directory },
      isRoot: false,
      sandboxProblem: () => problem,
    });
  expect(check({})).toMatchObject({ status: 'ok', what: 'it works here' });
  for (const agent of [{ sandbox: false }, { permission_mode: 'bypassPermissions' }]) {
    expect(check(agent)).toMatchObject({ status: 'warn', what: expect.stringContaining('without it: agent') });
  }
  expect(check({}, 'No bubblewrap.')).toMatchObject({ status: 'warn', what: expect.stringContaining('agent'), advice: 'No bubblewrap.' });
  expect(check({ tools: ['Read'] }, 'No bubblewrap.')).toMatchObject({ status: 'ok', what: expect.stringContaining('No bubblewrap.') });
});

test('a settings file with secrets is for its owner alone', async () => {
  const file = join(directory, 'settings.toml');
  const check = async (text: string, mode: number) => {
    writeFileSync(file, text);
    chmodSync(file, mode);
    return checkSettingsFile(file);
  };
  const secret = '[storage]\nurl = "redis://user:geheim@host"\n';
  expect(await check(secret, 0o644)).toMatchObject({ status: 'warn', advice: expect.stringContaining(`chmod 600 ${file}`) });
  expect(await check(secret, 0o640)).toMatchObject({ status: 'warn' });
  expect(await check(secret, 0o600)).toMatchObject({ status: 'ok' });
  expect(await check('[server]\nport = 1\n', 0o644)).toMatchObject({ status: 'ok' });
  rmSync(file);
  expect(await checkSettingsFile(file)).toMatchObject({ status: 'ok' });
});
