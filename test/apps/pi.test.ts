import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pixel } from '../support/chat/pictures.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { installPackage } from './install-package.ts';
import { obey } from './obey.ts';
import { runApp, type RanApp } from './run-app.ts';

let server: TestServer;
let directory: string;
let command: string;
beforeAll(async () => {
  // 204 MB.
  command = await installPackage('@mariozechner/pi-coding-agent', '0.73.1', 'pi');
  server = await startTestServer();
  directory = await makeTemporaryDirectory();
  const models = [{ id: 'sonnet', name: 'Sonnet', reasoning: true, input: ['text', 'image'], contextWindow: 200_000, maxTokens: 32_000 }];
  const provider = (api: string, baseUrl: string): object => ({ baseUrl, api, apiKey: 'unused', models });
  const providers = {
    'anthropic-messages': provider('anthropic-messages', server.url),
    'openai-completions': provider('openai-completions', `${server.url}/v1`),
    'openai-responses': provider('openai-responses', `${server.url}/v1`),
  };
  await mkdir(join(directory, 'agent'));
  await writeFile(join(directory, 'agent', 'models.json'), JSON.stringify({ providers }));
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

describe.each(['anthropic-messages', 'openai-completions', 'openai-responses'])('pi by %s', (provider) => {
  const pi = (...parameters: readonly string[]): Promise<RanApp> =>
    runApp(command, ['--provider', provider, '--model', 'sonnet', '-p', ...parameters], {
      directory,
      environment: { PI_CODING_AGENT_DIR: join(directory, 'agent'), PI_OFFLINE: '1' },
    });

  test('an answer, and a second one to the same session', async () => {
    const session = join(directory, `${provider}.jsonl`);
    expect(await pi('--session', session, 'hello Claude')).toMatchObject({ exitCode: 0, stdout: 'You said: hello Claude\n' });
    expect(await pi('--session', session, 'and again')).toMatchObject({ exitCode: 0, stdout: 'You said: and again\n' });
    const { messages } = server.mock.messages().at(-1)?.body ?? { messages: [] };
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  test('a command is run, and what it says comes back to the process that waits', async () => {
    const ran = await pi('--no-session', 'run echo $((6*7))');
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/It says: .*42/) });
    expect(server.mock.messages()).toHaveLength(2);
  });

  test('a picture', async () => {
    const ran = await pi('--no-session', `@${join(directory, 'pixel.png')}`, 'What is this?');
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'That is an image of type image/png\n' });
  });

  test('thinking is asked for', async () => {
    expect(await pi('--no-session', '--thinking', 'high', 'hello')).toMatchObject({ exitCode: 0, stdout: 'You said: hello\n' });
    expect(server.mock.messages()[0]?.body).toMatchObject({ thinking: { type: 'adaptive' } });
  });
});
