import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { installPackage } from './install-package.ts';
import { obey } from './obey.ts';
import { runApp, type RanApp } from './run-app.ts';

let server: TestServer;
let directory: string;
let command: string;
const cline = (...parameters: readonly string[]): Promise<RanApp> =>
  runApp(command, ['--data-dir', join(directory, 'data'), ...parameters], { directory });

beforeAll(async () => {
  // 434 MB, since it brings a program for each kind of machine.
  command = await installPackage('cline', '3.0.65', 'cline');
  server = await startTestServer();
  directory = await makeTemporaryDirectory();
  const ready = await cline(
    'auth',
    '-p',
    'openai',
    '-k',
    'unused',
    '-m',
    'sonnet',
    '-b',
    `${server.url}/v1`,
    '--data-dir',
    join(directory, 'data'),
  );
  expect(ready).toMatchObject({ exitCode: 0 });
}, 600_000);
beforeEach(() => {
  server.mock.reset();
  server.mock.replyWith(obey);
});
afterAll(async () => {
  await server?.close();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

test('an answer', async () => {
  expect(await cline('hello Claude')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('You said: hello Claude') });
});

test('a command is run, and what it says comes back', async () => {
  expect(await cline('run echo $((6*7))')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/It says: .*42/) });
});

test('thinking is asked for', async () => {
  expect(await cline('--thinking', 'high', 'hello Claude')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('You said: hello'),
  });
  expect(server.mock.messages()[0]?.body).toMatchObject({ thinking: { type: 'adaptive' } });
});
