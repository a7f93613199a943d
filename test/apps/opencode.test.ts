import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pixel } from '../support/chat/pictures.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { installPackage } from './install-package.ts';
import { obey } from './obey.ts';
import { runApp, type RanApp } from './run-app.ts';

const packages = { messages: '@ai-sdk/anthropic', chat: '@ai-sdk/openai-compatible', responses: '@ai-sdk/openai' };

let server: TestServer;
let directory: string;
let command: string;
beforeAll(async () => {
  // 354 MB, since it comes in two builds.
  command = await installPackage('opencode-ai', '1.18.33', 'opencode');
  server = await startTestServer();
  directory = await makeTemporaryDirectory();
  const modalities = { input: ['text', 'image'], output: ['text'] };
  const models = { sonnet: { name: 'Sonnet', attachment: true, tool_call: true, limit: { context: 200_000, output: 32_000 }, modalities } };
  const provider = Object.fromEntries(
    Object.entries(packages).map(([name, npm]) => [name, { npm, options: { baseURL: `${server.url}/v1`, apiKey: 'unused' }, models }]),
  );
  const permission = { bash: 'allow', edit: 'allow' };
  const settings = { autoupdate: false, share: 'disabled', enabled_providers: Object.keys(packages), provider, permission };
  await writeFile(join(directory, 'opencode.json'), JSON.stringify(settings));
  await writeFile(join(directory, 'pixel.png'), Buffer.from(pixel, 'base64'));
}, 600_000);
beforeEach(() => {
  server.mock.reset();
  server.mock.replyWith(obey);
});
afterAll(async () => {
  await server?.close();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

describe.each(Object.keys(packages))('opencode by %s', (provider) => {
  const offline = { OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1' };
  const opencode = (...parameters: readonly string[]): Promise<RanApp> =>
    runApp(command, ['run', '-m', `${provider}/sonnet`, ...parameters], { directory, environment: offline });

  test('an answer, and a second one to the same session', async () => {
    expect(await opencode('hello Claude')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('You said: "hello Claude"') });
    expect(await opencode('--continue', 'and again')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('You said: "and again"'),
    });
    const said = server.mock.messages().map(({ body }) => body.messages.map(({ role }) => role).join(' '));
    expect(said).toContain('user assistant user');
  });

  test('a command is run, and what it says comes back', async () => {
    const ran = await opencode('run echo $((6*7))');
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/It says: .*42/) });
  });

  test('a picture', async () => {
    const ran = await opencode('What is this?', '-f', join(directory, 'pixel.png'));
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('That is an image of type image/png') });
  });
});
