import type { Stats } from '@claude-code-api/node';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { textReply, toolUseReply } from '@claude-code-api/mock-anthropic';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { pixel } from '../support/chat/pictures.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/servers/start-test-server.ts';

const here = createRequire(import.meta.url);
const programOf = (name: string): string => join(dirname(here.resolve(`@modelcontextprotocol/${name}/package.json`)), 'dist', 'index.js');
const secret = 'ZEBRA-TOKEN';

let root: string;
beforeAll(async () => {
  root = await makeTemporaryDirectory();
  for (const name of ['open', 'closed']) {
    await mkdir(join(root, name));
    await writeFile(join(root, name, 'a.txt'), `what is ${name}`);
  }
  await writeFile(join(root, 'open', 'a.png'), Buffer.from(pixel, 'base64'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

interface Reply {
  readonly activity?: readonly { readonly name: string; readonly status: string; readonly result: string }[];
  readonly choices: readonly [{ readonly message: { readonly content: string } }];
}

async function withServer(settings: TestServerOptions['settings'], use: (server: TestServer) => Promise<void>): Promise<void> {
  const server = await startTestServer({
    settings: settings ?? {},
    environment: { MCP_TOKEN: secret },
    runner: { maxLive: 1 },
  });
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

async function ask(
  server: TestServer,
  name: string,
  input: Record<string, unknown>,
): Promise<NonNullable<Reply['activity']>[number] | undefined> {
  server.mock.reply(toolUseReply([{ id: `toolu_${Math.random().toString(36).slice(2)}`, name, input }]));
  server.mock.reply(textReply('Done.'));
  const response = await server.chat({ model: 'sonnet', messages: [{ role: 'user', content: 'Go' }], activity: 'events' });
  const reply = (await response.json()) as Reply;
  expect(response.status, JSON.stringify(reply)).toBe(200);
  expect(reply.choices[0].message.content).toBe('Done.');
  return reply.activity?.[0];
}

test('file_access.additional_dirs: Claude reads there, and nowhere else; so do pictures by their paths', async () => {
  await withServer({ 'file_access.additional_dirs': JSON.stringify([join(root, 'open')]) }, async (server) => {
    expect(await ask(server, 'Read', { file_path: join(root, 'open', 'a.txt') })).toMatchObject({
      status: 'completed',
      result: expect.stringContaining('what is open'),
    });
    expect(await ask(server, 'Read', { file_path: join(root, 'closed', 'a.txt') })).toMatchObject({ status: 'denied' });
    expect(await ask(server, 'Read', { file_path: join(root, 'open', '..', 'closed', 'a.txt') })).toMatchObject({ status: 'denied' });
    expect(await ask(server, 'Write', { file_path: join(root, 'open', 'new.txt'), content: 'x' })).toMatchObject({
      status: expect.not.stringMatching('completed'),
    });
    const url = join(root, 'open', 'a.png');
    const response = await server.chat({
      model: 'sonnet',
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
    });
    expect(response.status, await response.text()).toBe(200);
    expect(JSON.stringify(server.mock.messages().at(-1)?.body.messages)).toContain(pixel);
    expect(JSON.stringify(server.mock.messages())).not.toContain('what is closed');
  });
});

test("the original's own directories: one that is missing is a warning, and /tmp is opened, but for what is this server's", async () => {
  const directories = ['/Users/me/projects', '/tmp'];
  await withServer({ 'file_access.additional_dirs': JSON.stringify(directories) }, async (server) => {
    expect(server.log).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: { setting: 'file_access.additional_dirs', path: '/Users/me/projects' } }),
    );
    const inTmp = await mkdtemp('/tmp/open-');
    await writeFile(join(inTmp, 'a.txt'), 'what is in /tmp');
    expect(await ask(server, 'Read', { file_path: join(inTmp, 'a.txt') })).toMatchObject({
      status: 'completed',
      result: expect.stringContaining('what is in /tmp'),
    });
    await rm(inTmp, { recursive: true });
    const own = new RegExp(`^claude-code-api-${process.pid}-`);
    expect((await readdir('/tmp')).filter((name) => own.test(name))).toEqual([]);
    const place = (await readdir('/var/tmp')).find((name) => own.test(name)) ?? '';
    const [conversation = ''] = await readdir(join('/var/tmp', place, 'conversations'));
    const ofOthers = join('/var/tmp', place, 'conversations', conversation, 'a.txt');
    await writeFile(ofOthers, 'what is of another conversation');
    expect(await ask(server, 'Read', { file_path: ofOthers })).toMatchObject({ status: 'denied' });
    expect(JSON.stringify(server.mock.messages())).not.toContain('what is of another conversation');
  });
});

test('mcp.enabled and mcp.config_file: Claude has the tools of the servers; one that does not start is named, and stops nothing', async () => {
  const file = join(root, 'mcp_config.json');
  const definition = {
    mcpServers: {
      filesystem: { command: process.execPath, args: [programOf('server-filesystem'), join(root, 'open')], env: { TOKEN: '${MCP_TOKEN}' } },
      broken: { command: join(root, 'not-there'), args: ['${MCP_TOKEN}'] },
    },
  };
  await writeFile(file, JSON.stringify(definition));
  const settings = {
    'mcp.enabled': 'true',
    'mcp.config_file': file,
    'mcp.debug': 'true',
    // This server asks what it may reach, and Claude Code tells it the working directory and these.
    'file_access.additional_dirs': JSON.stringify([join(root, 'open')]),
  };
  await withServer(settings, async (server) => {
    const read = (name: string): ReturnType<typeof ask> =>
      ask(server, 'mcp__filesystem__read_text_file', { path: join(root, name, 'a.txt') });
    expect(await read('open')).toMatchObject({ status: 'completed', result: expect.stringContaining('what is open') });
    expect(await read('closed')).toMatchObject({ status: 'failed', result: expect.stringMatching(/denied|outside/i) });
    const health = await (await fetch(`${server.url}/health`)).text();
    expect(health).toContain('"broken"');
    const stats = (await (await fetch(`${server.url}/stats`)).json()) as Stats;
    expect(Object.values(stats.now.runner?.mcp_servers ?? {})).toEqual([expect.objectContaining({ broken: 'failed' })]);
    expect(server.log.some(({ level, fields }) => level === 'warn' && JSON.stringify(fields).includes('broken'))).toBe(true);
    expect(health + JSON.stringify(server.log) + JSON.stringify(server.mock.messages())).not.toContain(secret);
  });
  await withServer({ 'mcp.enabled': 'true', 'mcp.config_file': file, 'mcp.strict': 'true' }, async (server) => {
    const response = await server.chat({ model: 'sonnet', messages: [{ role: 'user', content: 'Go' }] });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { code: 'mcp_server_unavailable', message: expect.stringContaining('broken') } });
    expect(server.mock.messages()).toEqual([]);
  });
});
