import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMockAnthropic, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { expectErrorResponse } from '../support/chat/expect-error.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { noIdle } from '../support/servers/no-idle.ts';
import { createCommandPlace, type CommandPlace, type ServingCommand } from '../support/servers/start-command.ts';

const secret = 'ZEBRA-SECRET';
const header = { 'content-type': 'application/json' };

let root: string;
let mock: MockAnthropic;
let place: CommandPlace;
let server: ServingCommand;
beforeAll(async () => {
  mock = await startMockAnthropic();
  root = await makeTemporaryDirectory();
  place = createCommandPlace(mock.url);
  for (const name of ['.claude', 'config', 'tmp', 'login', 'elsewhere', '.aws', 'work']) mkdirSync(join(root, name));
  writeFileSync(join(root, 'open.txt'), 'open to all');
  for (const name of [
    '.claude/.credentials.json',
    '.claude.json',
    '.claude.json.backup',
    '.claude.json.backup.1700000000000',
    'login/token',
    'elsewhere/mcp.json',
    '.aws/credentials',
    'work/of-others',
  ])
    writeFileSync(join(root, name), JSON.stringify({ secret }));
  writeFileSync(join(root, 'mcp.json'), JSON.stringify({ mcpServers: {}, secret }));
  symlinkSync(join(root, 'login'), join(root, '.config'));
  writeFileSync(
    join(root, 'config', 'local.toml'),
    [
      `# ${secret}`,
      '[server]\nport = 0',
      // Everything that the server has lies in here.
      `[file_access]\nadditional_dirs = [${JSON.stringify(root)}]\ntools = []`,
      `[storage]\ndriver = "fs"\npath = ${JSON.stringify(join(root, 'data'))}`,
      `[mcp]\nconfig_file = ${JSON.stringify(join(root, 'mcp.json'))}`,
      `[claude]\nwork_root = ${JSON.stringify(join(root, 'work'))}`,
    ].join('\n'),
  );
  const environment = {
    HOME: root,
    TMPDIR: join(root, 'tmp'),
    GOOGLE_APPLICATION_CREDENTIALS: join(root, 'login', 'token'),
  };
  server = await place.serve(['--config', join(root, 'config', 'local.toml'), ...noIdle], { environment });
});
afterAll(async () => {
  await place.remove();
  await mock.close();
  await rm(root, { recursive: true, force: true });
});

const post = (path: string, body: object): Promise<Response> =>
  fetch(`${server.url}/v1/${path}`, { method: 'POST', headers: header, body: JSON.stringify(body) });

async function newConversation(): Promise<string> {
  return ((await (await post('conversations', {})).json()) as { id: string }).id;
}

/** All ways in which a request can name a file. */
const ways: Readonly<Record<string, (path: string) => Promise<Response>>> = {
  'file_url of a new conversation': (path) =>
    post('conversations', { items: [{ role: 'user', content: [{ type: 'input_file', file_url: path }] }] }),
  'image_url of a new conversation': (path) =>
    post('conversations', { items: [{ role: 'user', content: [{ type: 'input_image', image_url: path }] }] }),
  'file_url of an added item': async (path) =>
    post(`conversations/${await newConversation()}/items`, {
      items: [{ role: 'user', content: [{ type: 'input_file', file_url: path }] }],
    }),
  'file_url in the result of a call': async (path) =>
    post(`conversations/${await newConversation()}/items`, {
      items: [
        { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'call_1', output: [{ type: 'input_file', file_url: path }] },
      ],
    }),
  'image_url of a chat': (path) =>
    post('chat/completions', { model: 'sonnet', messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: path } }] }] }),
  'file of a chat': (path) =>
    post('chat/completions', { model: 'sonnet', messages: [{ role: 'user', content: [{ type: 'file', file: { file_data: path } }] }] }),
};

/** Every file that is there, but for the one that is open to all. */
function protectedFiles(): string[] {
  const all = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name));
  return all.filter((path) => existsSync(path) && statSync(path).isFile() && !path.endsWith('open.txt') && !path.includes('elsewhere'));
}

test('a file that is protected is read by no way into a request, wherever it lies in an opened directory', async () => {
  const created = await post('conversations', { items: [{ role: 'user', content: secret }] });
  expect(created.status).toBe(200);
  const paths = protectedFiles();
  for (const part of [
    '.credentials.json',
    '.claude.json',
    '.claude.json.backup.1700000000000',
    'local.toml',
    '/mcp.json',
    '/data/',
    '/tmp/claude-code-api-',
    '/token',
    '/.aws/',
  ])
    expect(paths.join('\n')).toContain(part);
  for (const [way, ask] of Object.entries(ways)) {
    for (const path of paths) {
      const response = await ask(path);
      expect([way, path, response.status]).toEqual([way, path, 400]);
      expect(await response.text()).not.toContain(secret);
    }
  }
  expect(JSON.stringify(mock.messages())).not.toContain(secret);
});

test('nor by links, or a way around', async () => {
  symlinkSync(join(root, '.claude'), join(root, 'innocent'));
  symlinkSync(join(root, 'config', 'local.toml'), join(root, 'innocent.txt'));
  const paths = [
    'innocent/.credentials.json',
    'innocent.txt',
    'elsewhere/../.claude.json',
    './/.claude.json',
    '.config/token',
    'config/../config/local.toml',
  ];
  for (const path of paths) {
    const response = await ways['file_url of a new conversation']?.(`${root}/${path}`);
    expect(response?.status, path).toBe(400);
  }
});

test('what is not protected is read there', async () => {
  const response = await ways['file_url of a new conversation']?.(join(root, 'open.txt'));
  expect(response?.status, await response?.clone().text()).toBe(200);
});

test('many mentions of files cost no more than a request may have', async () => {
  writeFileSync(join(root, 'large.txt'), 'x'.repeat(20_000_000));
  const part = { type: 'input_file', file_url: join(root, 'large.txt') };
  const many = (count: number): object => ({ items: [{ role: 'user', content: Array.from({ length: count }, () => part) }] });
  const refused = { status: 400, type: 'invalid_request_error', code: 'invalid_value' };
  const tooMany = { ...refused, param: 'items', message: /2000 pictures and documents.*100 at most/ };
  const tooMuch = { ...refused, param: 'items[0].content[1].file_url', message: /bytes together/ };
  const begin = performance.now();
  await expectErrorResponse(await post('conversations', many(2000)), tooMany);
  await Promise.all(Array.from({ length: 5 }, async () => expectErrorResponse(await post('conversations', many(100)), tooMuch)));
  expect(performance.now() - begin).toBeLessThan(20_000);
  const peakKilobytes = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))?.[1] ?? 0);
  expect(peakKilobytes).toBeLessThan(700_000);
});
