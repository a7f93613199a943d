import { once } from 'node:events';
import { chmod, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startMockAnthropic, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { newestCli } from '../support/cli/cli-versions.ts';
import { createFakeCli, type FakeCli, type FakeCliOptions } from '../support/cli/create-fake-cli.ts';
import { freePort } from '../support/servers/free-port.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { runCommand } from '../support/servers/run-command.ts';
import { startRedis } from '../support/servers/start-redis.ts';

let mock: MockAnthropic;
beforeAll(async () => {
  mock = await startMockAnthropic();
});
afterAll(() => mock.close());

let directory: string;
let fakes: FakeCli[];
beforeEach(async () => {
  directory = await makeTemporaryDirectory();
  fakes = [];
});
afterEach(async () => {
  for (const fake of fakes) fake.remove();
  await rm(directory, { recursive: true, force: true });
});

interface Diagnosis {
  readonly exitCode: number;
  readonly text: string;
  /** By check: its status, and all that is said of it. */
  readonly checks: Readonly<Record<string, { readonly status: string; readonly text: string }>>;
}

const key = { ANTHROPIC_API_KEY: 'sk-ant-test-key' };

async function doctor(flags: readonly string[], environment: Readonly<Record<string, string>> = key): Promise<Diagnosis> {
  const { exitCode, stdout, stderr } = await runCommand(['doctor', '--server.port=0', ...flags], directory, {
    ANTHROPIC_BASE_URL: mock.url,
    ...environment,
  });
  expect(stderr).toBe('');
  expect((await readdir(directory)).filter((name) => name.startsWith('claude-code-api-'))).toEqual([]);
  const found = stdout.matchAll(/^(ok|warn|FAIL|skipped) +([A-Z][\w ]+): ([^]*?)(?=\n\S|\n\n)/gm);
  const checks = Object.fromEntries([...found].map(([, status = '', name = '', text = '']) => [name, { status, text }]));
  return { exitCode, text: stdout, checks };
}

function fakeCli(options: FakeCliOptions): string {
  const fake = createFakeCli(options);
  fakes.push(fake);
  return fake.path;
}

const real = `--claude.command=${newestCli.path}`;

test('on a good machine nothing fails, no token is spent, and nothing is left', async () => {
  const { exitCode, checks, text } = await doctor([real, '--storage.driver=fs', '--storage.path=kept']);
  expect(exitCode, text).toBe(0);
  expect(Object.values(checks).filter(({ status }) => status !== 'ok' && status !== 'warn')).toEqual([]);
  expect(Object.keys(checks).length).toBe(13);
  expect(checks['Claude Code']?.text).toContain(newestCli.version);
  expect(checks['Login']?.text).toContain('api_key');
  expect(checks['Start']?.text).toMatch(/after \d+ ms, and offers \d+ models/);
  expect(checks['Storage']).toMatchObject({ status: 'ok', text: expect.stringContaining('written, read and deleted') });
  expect(mock.messages()).toEqual([]);
  expect((await readdir(directory)).filter((name) => !name.startsWith('.claude'))).toEqual([]);
});

test('no CLI, a taken port and a Redis that is not there: each is told, with what to do, and all else is checked', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const redis = `redis://user:geheim@127.0.0.1:${await freePort()}`;
  const diagnosis = await doctor([
    ...['--claude.command=/nowhere/claude', `--server.port=${port}`, '--storage.driver=redis', `--storage.url=${redis}`],
  ]);
  taken.close();
  const { checks, text } = diagnosis;
  expect(diagnosis.exitCode).toBe(1);
  expect(checks['Claude Code']).toMatchObject({
    status: 'FAIL',
    text: expect.stringContaining('npm install -g @anthropic-ai/claude-code'),
  });
  expect(checks['Login']?.status).toBe('skipped');
  expect(checks['Start']?.status).toBe('skipped');
  expect(checks['Address']).toMatchObject({
    status: 'FAIL',
    text: expect.stringMatching(new RegExp(`${port} is in use[^]*server\\.port`)),
  });
  expect(checks['Storage']).toMatchObject({ status: 'FAIL', text: expect.stringMatching(/ECONNREFUSED[^]*storage\.url/) });
  expect(checks['Working directories']?.status).toBe('ok');
  expect(text).toContain('To be mended: Claude Code, Storage, Address.');
  expect(text).not.toContain('geheim');
});

test('a CLI that is too old', async () => {
  const { exitCode, checks } = await doctor([`--claude.command=${fakeCli({ version: '2.1.100' })}`]);
  expect(exitCode).toBe(1);
  expect(checks['Claude Code']).toMatchObject({ status: 'FAIL', text: expect.stringMatching(/2\.1\.100 is older than \d+\.\d+\.\d+/) });
});

test('a CLI that is logged out', async () => {
  const { exitCode, checks } = await doctor([real], {});
  expect(exitCode).toBe(1);
  expect(checks['Login']).toMatchObject({ status: 'FAIL', text: expect.stringMatching(/auth login[^]*ANTHROPIC_API_KEY/) });
  expect(checks['Start']?.status).toBe('ok');
});

test('a CLI that ends at once, with what it said', async () => {
  const onStart = "process.stderr.write('no space left'); process.exit(7)";
  const { exitCode, checks } = await doctor([`--claude.command=${fakeCli({ onStart })}`]);
  expect(exitCode).toBe(1);
  expect(checks['Start']).toMatchObject({ status: 'FAIL', text: expect.stringMatching(/exit code 7[^]*no space left[^]*by hand/) });
});

test('a CLI that says nothing', async () => {
  const { exitCode, checks } = await doctor([
    `--claude.command=${fakeCli({ answersControl: false })}`,
    '--claude.start_timeout_seconds=0.5',
  ]);
  expect(exitCode).toBe(1);
  expect(checks['Start']).toMatchObject({ status: 'FAIL', text: expect.stringContaining('claude.start_timeout_seconds (0.5)') });
});

test('a Redis that is there', async () => {
  const redis = await startRedis();
  try {
    const { checks, text } = await doctor([`--claude.command=${fakeCli({})}`, '--storage.driver=redis', `--storage.url=${redis.url}`]);
    expect(checks['Storage'], text).toMatchObject({ status: 'ok', text: expect.stringMatching(/Redis \d+\.\d+.* ms: written, read/) });
  } finally {
    await redis.kill();
  }
});

test('a server that all could use, and settings that all can read', async () => {
  const file = join(directory, 'settings.toml');
  await writeFile(file, '[server]\nhost = "0.0.0.0"\n[storage]\nurl = "redis://user:geheim@host"\n');
  await chmod(file, 0o644);
  const { exitCode, checks } = await doctor(['--config', file, `--claude.command=${fakeCli({})}`]);
  expect(exitCode).toBe(1);
  expect(checks['Settings file']).toMatchObject({ status: 'warn', text: expect.stringContaining('chmod 600') });
  expect(checks['Who may use it']).toMatchObject({ status: 'FAIL', text: expect.stringContaining('create-key NAME') });
});

test('settings that do not load: nothing else can be told', async () => {
  const { exitCode, checks } = await doctor(['--server.port=many']);
  expect(exitCode).toBe(1);
  expect(checks['Settings']).toMatchObject({ status: 'FAIL', text: expect.stringContaining('"many"') });
  expect(Object.values(checks).filter(({ status }) => status === 'skipped').length).toBe(11);
});
