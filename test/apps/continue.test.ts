import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { installPackage } from './install-package.ts';
import { obey } from './obey.ts';
import { runApp, type RanApp } from './run-app.ts';

const names = { openai: 'sonnet', anthropic: 'claude-sonnet-4-5' };

let server: TestServer;
let directory: string;
let command: string;
beforeAll(async () => {
  // 81 MB.
  command = await installPackage('@continuedev/cli', '1.5.47', 'cn');
  server = await startTestServer();
  directory = await makeTemporaryDirectory();
  for (const [provider, model] of Object.entries(names)) {
    const lines = ['name: local', 'version: 1.0.0', 'schema: v1', 'models:', '  - name: Claude', `    provider: ${provider}`];
    const own = [`    model: ${model}`, `    apiBase: ${server.url}/v1`, '    apiKey: unused', '    roles: [chat]'];
    await writeFile(join(directory, `${provider}.yaml`), [...lines, ...own, ''].join('\n'));
  }
}, 600_000);
beforeEach(() => {
  server.mock.reset();
  server.mock.replyWith(obey);
});
afterAll(async () => {
  await server?.close();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

// Pictures are for those who paste them into its window.
describe.each(Object.keys(names))('Continue by %s', (provider) => {
  const cn = (...parameters: readonly string[]): Promise<RanApp> =>
    runApp(command, ['-p', '--auto', '--config', `${provider}.yaml`, ...parameters], {
      directory,
      environment: { CONTINUE_TELEMETRY_ENABLED: '0' },
    });

  test('an answer, and a second one to the same session', async () => {
    expect(await cn('hello Claude')).toMatchObject({ exitCode: 0, stdout: 'You said: hello Claude\n' });
    expect(await cn('--resume', 'and again')).toMatchObject({ exitCode: 0, stdout: 'You said: and again\n' });
    const { messages } = server.mock.messages().at(-1)?.body ?? { messages: [] };
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  test('a command is run, and what it says comes back', async () => {
    expect(await cn('run echo $((6*7))')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/It says: .*42/) });
  });
});
