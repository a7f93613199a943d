import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startMockAnthropic, stallReply, toolUseReply, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { isAlive } from '../support/cli/child-processes.ts';
import { newestCli } from '../support/cli/cli-versions.ts';
import { createFakeCli, type FakeCli } from '../support/cli/create-fake-cli.ts';
import { noIdle } from '../support/servers/no-idle.ts';
import { createCommandPlace, type CommandPlace, type ServingCommand } from '../support/servers/start-command.ts';
import { untilHealth } from '../support/servers/until-health.ts';
import { until } from '../support/until.ts';

let mock: MockAnthropic;
let place: CommandPlace;
let fakes: FakeCli[];
beforeEach(async () => {
  mock = await startMockAnthropic();
  place = createCommandPlace(mock.url);
  fakes = [];
});
afterEach(async () => {
  await place.remove();
  for (const fake of fakes) fake.remove();
  await mock.close();
});

// An alias would have a process list the models.
const model = 'claude-sonnet-5-5';
const serve = (...parameters: string[]): Promise<ServingCommand> => place.serve(['--server.port=0', '--log.level=warn', ...parameters]);

const leftFiles = (): string[] => place.leftFiles().filter((name) => name.startsWith('claude-code-api-'));

/** Short against what a server gives its turns to end, and long for a busy machine. */
const promptMs = 20_000;

/** What must hold a moment after an end: no process of the command's, and no file. */
async function expectNothingLeft(pids: readonly number[]): Promise<void> {
  await until(() => !pids.some(isAlive), 'the end of the CLIs');
  expect(leftFiles()).toEqual([]);
}

test('says its address, its CLI, its login and a line to try; SIGINT ends it, with all that it has started', async () => {
  const { child, output, ended, url, startedPids } = await serve(`--claude.command=${newestCli.path}`);
  expect(output.stdout).toContain(newestCli.path);
  expect(output.stdout).toContain(newestCli.version);
  expect(output.stdout).toMatch(/Login: +api_key/);
  const body = /curl \S+\/v1\/chat\/completions .*-d '(.*)'/.exec(output.stdout)?.[1];
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: body ?? '',
  });
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' } }] });

  const pids = startedPids();
  expect(pids.length).toBeGreaterThan(0);
  const begin = performance.now();
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(performance.now() - begin).toBeLessThan(promptMs);
  await expectNothingLeft(pids);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s during a turn: the turn ends too', async (signal) => {
  mock.replyWith(() => stallReply({ afterText: 'Well' }));
  const { child, ended, url, startedPids } = await serve(
    `--claude.command=${newestCli.path}`,
    '--server.shutdown_timeout_seconds=0',
    ...noIdle,
  );
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'hi' }] });
  const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  await response.body?.getReader().read();
  const pids = startedPids();
  const begin = performance.now();
  child.kill(signal);
  expect(await ended).toBe(0);
  expect(performance.now() - begin).toBeLessThan(promptMs);
  await expectNothingLeft(pids);
});

test('SIGINT before it is up leaves nothing either', async () => {
  const { child, ended, startedPids } = place.run(['--server.port=0', `--claude.command=${newestCli.path}`]);
  await until(() => leftFiles().length > 0, 'its first file');
  const pids = startedPids();
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  await expectNothingLeft(pids);
});

test('--help is one screen', async () => {
  const help = place.run(['--help']);
  expect(await help.ended).toBe(0);
  const lines = help.output.stdout.trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(104);
  for (const part of ['--help settings', '--server.port', 'create-key', 'doctor']) expect(help.output.stdout).toContain(part);
});

test('--help settings lists every setting that --print-config prints', async () => {
  const help = place.run(['--help', 'settings']);
  const config = place.run(['--print-config']);
  expect(await help.ended).toBe(0);
  expect(await config.ended).toBe(0);
  let section = '';
  let count = 0;
  for (const line of config.output.stdout.split('\n')) {
    section = /^\[([\w]+)/.exec(line)?.[1] ?? section;
    const name = /^(\w+) = /.exec(line)?.[1];
    if (name === undefined) continue;
    count += 1;
    expect(help.output.stdout).toContain(`--${section}.${name} `);
    expect(help.output.stdout).toContain(`CLAUDE_CODE__${section.toUpperCase()}__${name.toUpperCase()}`);
  }
  expect(count).toBeGreaterThan(15);
});

test('--print-config prints a settings file that means the same', async () => {
  const first = place.run(['--print-config', '--server.port=9999', '--models.aliases={"gpt-4o": "sonnet"}'], {
    environment: { CLAUDE_CODE__LOG__LEVEL: 'debug' },
  });
  expect(await first.ended).toBe(0);
  expect(first.output.stdout).toContain('9999');
  const file = join(place.directory, 'settings.toml');
  writeFileSync(file, first.output.stdout);
  const second = place.run(['--config', file, '--print-config']);
  expect(await second.ended).toBe(0);
  expect(second.output.stdout).toBe(first.output.stdout);
});

test('--version prints a version', async () => {
  const { ended, output } = place.run(['--version']);
  expect(await ended).toBe(0);
  expect(output.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

// Wrong and unknown values of variables and of files are named in the same way, which is tested beside the code.
test.each<[string, string[], string[]]>([
  ['a wrong flag', ['--server.port=many'], ['server.port', '"many"', '--server.port']],
  ['an unknown flag', ['--server.prot=1'], ['server.prot', '--server.port=1', '--help']],
  ['a host for all without a key', ['--server.host', '0.0.0.0'], ['allow_unauthenticated = true', 'create-key']],
])('%s stops the start with its key, value and source', async (_, parameters, parts) => {
  const { ended, output } = place.run(parameters);
  expect(await ended).toBe(1);
  for (const part of parts) expect(output.stderr).toContain(part);
  expect(output.stderr).not.toMatch(/^\s+at /m);
  expect(output.stdout).toBe('');
});

test('a CLI that is too old stops the start, and both versions are named', async () => {
  const old = createFakeCli({ version: '2.1.100' });
  fakes.push(old);
  const { ended, output } = place.run([`--claude.command=${old.path}`]);
  expect(await ended).toBe(1);
  expect(output.stderr).toContain('2.1.100');
  expect(output.stderr).toMatch(/older than \d+\.\d+\.\d+/);
  expect(output.stderr).not.toMatch(/^\s+at /m);
});

test('no CLI stops the start, and what to do is said', async () => {
  const { ended, output } = place.run(['--claude.command=/nowhere/claude']);
  expect(await ended).toBe(1);
  expect(output.stderr).toContain('npm install -g @anthropic-ai/claude-code');
  expect(output.stderr).toContain('claude.command');
  expect(output.stderr).not.toMatch(/^\s+at /m);
});

test('a port in use stops the start with a clear message, and leaves nothing', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const { ended, output } = place.run([`--server.port=${port}`, `--claude.command=${newestCli.path}`]);
  expect(await ended).toBe(1);
  taken.close();
  expect(output.stderr).toContain(String(port));
  expect(output.stderr).toMatch(/in use/i);
  expect(output.stderr).not.toMatch(/^\s+at /m);
  await expectNothingLeft([]);
});

test('the settings of conversations, storage, the cache, prices and agents reach what they are about', async () => {
  const workRoot = join(place.directory, 'work');
  // With a CLI what is about its processes, and without one what is about conversations.
  const { url: cliUrl } = await serve(
    `--claude.command=${newestCli.path}`,
    ...noIdle,
    '--claude.max_live_memory_megabytes=1',
    `--claude.work_root=${workRoot}`,
    '--conversation.max_history_messages=2',
    '--profiles.agent={"tools":["Write"],"permission_mode":"acceptEdits"}',
  );
  const { url } = await serve(
    '--claude.runner=api',
    '--conversation.session_timeout_minutes=0.5',
    '--storage.driver=fs',
    '--storage.path=kept',
    '--storage.max_megabytes=0.1',
    '--cache.max_entries=1',
    '--cache.ttl_seconds=8',
    '--models.prices={"claude-sonnet-5-5":{"input":1000000,"output":0}}',
  );
  const user = (content: string): object => ({ role: 'user', content });
  const ask = async (body: object, at = url): Promise<{ id: string; cache: string | null }> => {
    const response = await fetch(`${at}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, ...body }),
    });
    const completion = (await response.json()) as { conversation_id: string };
    expect(response.status, JSON.stringify(completion)).toBe(200);
    return { id: completion.conversation_id, cache: response.headers.get('x-cache') };
  };
  const conversation = (id: string): Promise<Response> => fetch(`${url}/v1/conversations/${id}`);

  const first = await ask({ messages: [user('one')] });
  for (const text of ['two', 'three']) await ask({ conversation_id: first.id, messages: [user(text)] });
  // Three turns of ten input tokens each, at a dollar for one.
  await expect
    .poll(async () => (await fetch(`${url}/stats`)).json())
    .toMatchObject({ since_start: { tokens: { input: 30 }, cost_usd: 30 } });

  const told = (await (await conversation(first.id)).json()) as { updated_at: number; expires_at: number };
  expect(told.expires_at - told.updated_at).toBe(30);
  expect(existsSync(join(place.directory, 'kept', 'conversations'))).toBe(true);
  for (const letter of ['x', 'y']) await ask({ messages: [user(letter.repeat(60_000))] });
  await expect.poll(async () => (await conversation(first.id)).status).toBe(404);

  const cached = (text: string): Promise<{ cache: string | null }> => ask({ messages: [user(text)], seed: 1, store: false });
  expect([(await cached('a')).cache, (await cached('a')).cache]).toEqual(['miss', 'hit']);
  expect([(await cached('b')).cache, (await cached('a')).cache]).toEqual(['miss', 'miss']);
  await expect.poll(async () => (await cached('a')).cache).toBe('miss');

  mock.reply(toolUseReply([{ id: 'toolu_1', name: 'Write', input: { file_path: 'note.txt', content: 'written' } }]));
  const history = [user('one'), { role: 'assistant', content: 'Hello' }, user('two'), { role: 'assistant', content: 'Hello' }];
  await ask({ model: `agent/${model}`, messages: [user('Write.')] }, cliUrl);
  await ask({ messages: [...history, user('three')] }, cliUrl);
  expect(mock.messages().at(-1)?.body.messages).toHaveLength(3);
  await untilHealth(cliUrl, ({ processes }) => processes.live === 0);
  const [name = ''] = readdirSync(workRoot);
  expect(readFileSync(join(workRoot, name, 'note.txt'), 'utf8')).toBe('written');
});
