import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { textReply } from '@claude-code-api/mock-anthropic';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toBlocks } from '../support/chat/last-messages.ts';
import { pixel } from '../support/chat/pictures.ts';
import { installPython } from '../support/programs/install-python.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { runApp, type RanApp } from './run-app.ts';

const run = promisify(execFile);

/** Two ways to edit a file: aider takes the first of models that it does not know. */
const whole = ['Well.\n\n', 'answer.txt\n', '```\n42\n```\n'];
const difference = ['Well.\n\n', 'answer.txt\n```\n<<<<<<< SEARCH\n', '41\n=======\n42\n>>>>>>> REPLACE\n```\n'];
const ways = [
  { model: 'openai/sonnet', edit: whole },
  { model: 'anthropic/claude-sonnet-4-5', edit: difference },
];

let server: TestServer;
let directory: string;
let command: string;
beforeAll(async () => {
  // 690 MB.
  const requirements = fileURLToPath(new URL('../clients/python/requirements-aider.txt', import.meta.url));
  command = join(dirname(await installPython('python-aider', requirements)), 'aider');
  server = await startTestServer();
  directory = await makeTemporaryDirectory();
  await run('git', ['init', '-q'], { cwd: directory });
  await writeFile(join(directory, 'pixel.png'), Buffer.from(pixel, 'base64'));
}, 900_000);
beforeEach(async () => {
  server.mock.reset();
  await writeFile(join(directory, 'answer.txt'), '41\n');
});
afterAll(async () => {
  await server?.close();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

const quiet = ['--no-check-update', '--analytics-disable', '--no-show-model-warnings', '--no-pretty', '--no-git', '--yes-always'];

describe.each(ways)('aider with $model', ({ model, edit }) => {
  const aider = (...parameters: readonly string[]): Promise<RanApp> =>
    runApp(command, ['--model', model, ...quiet, ...parameters], {
      directory,
      environment: {
        ...{ OPENAI_API_BASE: `${server.url}/v1`, OPENAI_API_KEY: 'unused' },
        ...{ ANTHROPIC_API_BASE: server.url, ANTHROPIC_API_KEY: 'unused', LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
      },
    });

  test.each(['--stream', '--no-stream'])('a file is edited (%s)', async (how) => {
    server.mock.reply(textReply(edit));
    const ran = await aider(how, '--message', 'What is the answer?', 'answer.txt');
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Applied edit to answer.txt') });
    expect(await readFile(join(directory, 'answer.txt'), 'utf8')).toBe('42\n');
  });

  test.skipIf(model === 'openai/sonnet')('a picture, of a model that aider knows to read those', async () => {
    server.mock.reply(textReply(['A picture.']));
    const ran = await aider('--message', 'What is this?', 'pixel.png');
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('A picture.') });
    const types = server.mock
      .messages()
      .flatMap(({ body }) => body.messages.flatMap((message) => toBlocks(message).map(({ type }) => type)));
    expect(types).toContain('image');
  });
});
