import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { installPackage } from './install-package.ts';
import { obey } from './obey.ts';
import { runApp } from './run-app.ts';

interface Evaluation {
  readonly results: { readonly results: readonly { readonly success: boolean; readonly provider: { readonly id: string } }[] };
}

let server: TestServer;
let directory: string;
let command: string;
beforeAll(async () => {
  // 1.6 GB, with the Node that it needs.
  command = await installPackage('promptfoo', '0.123.1', 'promptfoo', ['node@22.23.3']);
  server = await startTestServer();
  server.mock.replyWith(obey);
  directory = await makeTemporaryDirectory();
}, 1_300_000);
afterAll(async () => {
  await server?.close();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

test('promptfoo by each API', async () => {
  const provider = (id: string, apiBaseUrl: string) => ({ id, config: { apiBaseUrl, apiKey: 'unused' } });
  const providers = [
    provider('openai:chat:sonnet', `${server.url}/v1`),
    provider('openai:responses:sonnet', `${server.url}/v1`),
    provider('anthropic:messages:claude-sonnet-4-5', server.url),
  ];
  const tests = [{ vars: { word: 'hello' }, assert: [{ type: 'equals', value: 'You said: Say hello' }] }];
  await writeFile(join(directory, 'config.json'), JSON.stringify({ prompts: ['Say {{word}}'], providers, tests }));
  const ran = await runApp(command, ['eval', '-c', 'config.json', '--no-cache', '--no-progress-bar', '-o', 'out.json'], {
    directory,
    environment: {
      PATH: `${dirname(command)}:${process.env['PATH']}`,
      ...{ PROMPTFOO_DISABLE_TELEMETRY: '1', PROMPTFOO_DISABLE_UPDATE: '1', PROMPTFOO_CONFIG_DIR: join(directory, 'own') },
    },
  });
  expect(ran).toMatchObject({ exitCode: 0 });
  const { results } = JSON.parse(await readFile(join(directory, 'out.json'), 'utf8')) as Evaluation;
  const passed = results.results.filter(({ success }) => success).map(({ provider: { id } }) => id);
  expect(new Set(passed)).toEqual(new Set(providers.map(({ id }) => id)));
});
