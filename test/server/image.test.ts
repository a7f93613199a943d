import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createKey, hashKey } from '@claude-code-api/node';
import { startMockAnthropic, textReply, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newestCli } from '../support/cli/cli-versions.ts';
import { pathOf, readPage } from '../support/docs/doc-pages.ts';
import { freePort } from '../support/servers/free-port.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startProgram } from '../support/programs/start-program.ts';

// There is no engine for images where the tests run. What the image is made of runs in bubblewrap instead, as the Dockerfile says: what is
// deployed, its environment, its commands, as a user without rights, on a root that can't be written.

const run = promisify(execFile);
const dockerfile = readPage('examples/run-as-service/Dockerfile').replaceAll('\\\n', ' ');
const listOf = (instruction: string): string[] =>
  JSON.parse(new RegExp(`${instruction} (\\[.*\\])$`, 'm').exec(dockerfile)?.[1] ?? '[]') as string[];
const environmentOf = (): Record<string, string> =>
  Object.fromEntries([...(/^ENV (.*)$/m.exec(dockerfile)?.[1] ?? '').matchAll(/(\S+?)=(\S+)/g)].map(([, name, value]) => [name, value]));

let directory: string;
let mock: MockAnthropic;
beforeAll(async () => {
  directory = await makeTemporaryDirectory();
  chmodSync(directory, 0o755);
  mock = await startMockAnthropic();
  const deploy = [
    '--config.inject-workspace-packages=true',
    '--filter',
    '@claude-code-api/node',
    '--prod',
    'deploy',
    join(directory, 'app'),
  ];
  await run(pathOf('node_modules/.bin/pnpm'), deploy, { cwd: pathOf('.'), timeout: 200_000 });
}, 240_000);
afterAll(async () => {
  await mock.close();
  rmSync(directory, { recursive: true });
});

test('it starts as a user without rights on a root that can’t be written, is healthy, and answers who has a key', async () => {
  const [home, settings, key, port] = [join(directory, 'home'), join(directory, 'settings.toml'), createKey(), await freePort()];
  // Whoever runs the tests is the user 1000 in there.
  for (const path of [home, join(home, 'data'), join(home, '.claude')]) mkdirSync(path, { mode: 0o700 });
  writeFileSync(settings, `[server]\nport = ${port}\n[server.api_keys.alice]\nhash = "${hashKey(key)}"\n`);
  expect(dockerfile).toContain('USER node');
  const system = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/etc/ssl', '/etc/passwd'].filter((path) => existsSync(path));
  const place = [
    ...system.flatMap((path) => ['--ro-bind', path, path]),
    ...['--ro-bind', dirname(process.execPath), '/opt/node', '--ro-bind', dirname(newestCli.path), '/opt/claude'],
    ...['--ro-bind', join(directory, 'app'), '/app', '--ro-bind', settings, '/etc/claude-code-api/settings.toml'],
    ...['--bind', home, '/home/node', '--tmpfs', '/tmp', '--proc', '/proc', '--dev', '/dev', '--remount-ro', '/', '--chdir', '/home/node'],
    ...['--unshare-user', '--unshare-pid', '--uid', '1000', '--gid', '1000', '--die-with-parent', '--clearenv'],
  ];
  const given = { ...environmentOf(), HOME: '/home/node', ANTHROPIC_API_KEY: 'sk-ant-test-key', ANTHROPIC_BASE_URL: mock.url };
  const variables = Object.entries({ ...given, PATH: '/opt/node:/opt/claude:/usr/bin:/bin' }).flatMap(([name, value]) => [
    '--setenv',
    name,
    value,
  ]);
  const command = [...listOf('ENTRYPOINT'), ...listOf('CMD(?= \\["--)'), '--claude.command', '/opt/claude/claude.exe'];
  const says = /(http:\/\/[\d.]+:\d+)[^]*curl/;
  const program = await startProgram('bwrap', [...place, ...variables, ...command], { cwd: directory, environment: {}, says });
  try {
    const [node = '', ...check] = listOf('CMD(?= \\["node", "-e")').map((part) => part.replace(':8080', `:${port}`));
    expect(node).toBe('node');
    await run(process.execPath, check);
    mock.replyWith(() => textReply('Hello from Claude'));
    const ask = (headers: Record<string, string>): Promise<Response> => {
      const body = JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'Hi' }] });
      const url = `http://127.0.0.1:${port}/v1/chat/completions`;
      return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', connection: 'close', ...headers }, body });
    };
    expect((await ask({})).status).toBe(401);
    expect(await (await ask({ authorization: `Bearer ${key}` })).json()).toMatchObject({
      choices: [{ message: { content: 'Hello from Claude' } }],
    });
  } finally {
    await program.end('SIGKILL');
  }
}, 120_000);
