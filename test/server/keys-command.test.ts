import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCallerOf, loadSettings } from '@claude-code-api/node';
import { createFakeCli } from '../support/cli/create-fake-cli.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { runCommand } from '../support/servers/run-command.ts';
import { createCommandPlace } from '../support/servers/start-command.ts';

let directory: string;
beforeEach(async () => {
  directory = await makeTemporaryDirectory();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('create-key prints a key, and the settings with which it is good', async () => {
  const { exitCode, stdout, stderr } = await runCommand(['create-key', 'alice'], directory);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const key = /^ccapi_[\w-]{43}$/m.exec(stdout)?.[0] ?? '';
  const table = /^\[server\.api_keys\.alice\]\nhash = ".*"$/m.exec(stdout)?.[0] ?? '';
  expect(table).not.toContain(key);
  await mkdir(join(directory, 'config'));
  await writeFile(join(directory, 'config', 'local.toml'), `${table}\nrequests_per_minute = 7\n`);

  const settings = loadSettings({ file: join(directory, 'config', 'local.toml'), environment: {}, flags: {} });
  const callerOf = createCallerOf(settings.server.api_keys);
  const request = new Request('http://127.0.0.1/', { headers: { authorization: `Bearer ${key}` } });
  expect(callerOf?.(request)).toMatchObject({ tenant: 'alice', limits: { requestsPerMinute: 7 } });

  const config = await runCommand(['--print-config'], directory);
  expect(config.stdout).toContain('hash = "sha256:********"');
  expect(config.stdout).not.toContain(table.slice(-20));
});

test('every key is another', async () => {
  const [one, other] = await Promise.all([runCommand(['create-key', 'alice'], directory), runCommand(['create-key', 'alice'], directory)]);
  expect(one.stdout).not.toBe(other.stdout);
});

test.each([[['create-key']], [['create-key', 'a b']], [['create-key', 'a', 'b']], [['frob']]])(
  '%j is an error that says so',
  async (parameters) => {
    const { exitCode, stdout, stderr } = await runCommand(parameters, directory);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr).toMatch(/key|command/);
  },
);

test('without keys a server does not start where others reach it, and says the ways out', async () => {
  const { exitCode, stderr } = await runCommand(['--server.port=0'], directory, { CLAUDE_CODE__SERVER__HOST: '0.0.0.0' });
  expect(exitCode).toBe(1);
  for (const part of ["'0.0.0.0'", '127.0.0.1', 'create-key NAME', 'server.allow_unauthenticated']) expect(stderr).toContain(part);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test.each<[string, string[], string]>([
  ['where that is meant', ['--server.allow_unauthenticated=true'], 'none, so that whoever reaches this server may use it'],
  ['with a key', [`--server.api_keys={"alice":{"hash":"sha256:${'0a'.repeat(32)}"}}`], 'Keys:  alice'],
])('a server starts where others reach it %s, and says so', async (_, parameters, welcome) => {
  const fake = createFakeCli();
  const place = createCommandPlace('http://127.0.0.1:9');
  try {
    const server = await place.serve(['--server.port=0', '--server.host=0.0.0.0', `--claude.command=${fake.path}`, ...parameters]);
    expect(server.output.stdout).toContain(welcome);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  } finally {
    await place.remove();
    fake.remove();
  }
});
