import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { childProcesses } from '../support/cli/child-processes.ts';
import { newestCli, minimumCli } from '../support/cli/cli-versions.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { plantedWord, plantOperatorFiles } from '../support/cli/plant-operator-files.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { subscriptionLogin } from '../support/cli/subscription-login.ts';

const versions = [newestCli, minimumCli];
const logins = [
  { login: 'an API key', environment: (home: string) => ({ HOME: home }) },
  { login: 'a subscription', environment: subscriptionLogin },
];
const cases = versions.flatMap((cli) => logins.map((login) => ({ cli, version: cli.version, ...login })));
const question = { model: 'sonnet', messages: [{ role: 'user', content: 'What do you know of me? /planted @CLAUDE.md @planted' }] };

let directory: string;
let marker: string;
let home: string;
let temporary: string;
let temporaryBefore: string | undefined;
let server: TestServer;
beforeEach(async () => {
  directory = await makeTemporaryDirectory();
  marker = join(directory, 'marker');
  home = join(directory, 'home');
  temporary = join(directory, 'tmp');
  await Promise.all([mkdir(home), mkdir(temporary)]);
  temporaryBefore = process.env['TMPDIR'];
  // The CLI's working directory is made in here.
  process.env['TMPDIR'] = temporary;
});
afterEach(async () => {
  await server.close();
  if (temporaryBefore === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = temporaryBefore;
  await rm(directory, { recursive: true, force: true });
});

describe.each(cases)('CLI $version with $login', ({ cli, environment }) => {
  test("nothing of the operator's reaches the model, and nothing of it runs", async () => {
    await Promise.all([directory, home, temporary].map((place) => plantOperatorFiles(place, marker)));
    server = await startTestServer({ cli, environment: environment(home) });
    const first = await server.chat(question);
    expect(first.status).toBe(200);
    const { choices } = (await first.json()) as { choices: [{ message: object }] };
    await server.chat({ ...question, messages: [...question.messages, choices[0].message, { role: 'user', content: 'more' }] });
    expect(server.mock.messages()).toHaveLength(2);
    // Hooks and servers run beside the turn: they get the time to do so.
    await wait(300);
    expect(existsSync(marker)).toBe(false);
    const everything = JSON.stringify(server.mock.requests.map(({ headers, body }) => ({ headers, body })));
    expect(everything).not.toContain(plantedWord);
    expect(everything).not.toContain('planted.md');
    expect(server.mock.messages().map(({ body }) => body.tools)).toEqual([[], []]);
  });

  test('a CLI sees none of the secrets in the environment of the server', async () => {
    const secrets = {
      DATABASE_PASSWORD: 'secret-1',
      OPENAI_API_KEY: 'secret-2',
      NODE_OPTIONS: '--title=secret-3',
      CLAUDE_CODE__SERVER__PORT: 'secret-4',
      BASH_ENV: '/secret-5',
    };
    server = await startTestServer({ cli, environment: { ...environment(home), ...secrets } });
    expect((await server.chat(question)).status).toBe(200);
    const processes = childProcesses().filter(({ command }) => command.startsWith(cli.path));
    expect(processes.length).toBeGreaterThan(0);
    for (const { pid } of processes) {
      const variables = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
      // It is the environment that is looked at: what must be there is.
      expect(variables).toContain(`HOME=${home}`);
      expect(variables.filter((variable) => variable.includes('secret-'))).toEqual([]);
    }
  });
});

test('the working directory is empty, private, and gone afterwards, as is everything else on disk', async () => {
  server = await startTestServer({ environment: { HOME: home } });
  expect((await server.chat(question)).status).toBe(200);
  const own = childProcesses().filter(({ command }) => command.startsWith(newestCli.path));
  expect(own.length).toBeGreaterThan(0);
  const workingDirectory = await readlink(`/proc/${own[0]?.pid}/cwd`);
  expect(workingDirectory.startsWith(temporary)).toBe(true);
  expect(await readdir(workingDirectory)).toEqual([]);
  expect((await stat(workingDirectory)).mode & 0o077).toBe(0);
  await server.close();
  expect(await readdir(temporary)).toEqual([]);
  expect(await readdir(home)).toEqual([]);
});
