import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pixel } from '../support/chat/pictures.ts';
import { readStream } from '../support/chat/read-stream.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { freePort } from '../support/servers/free-port.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { startProgram, type Program } from '../support/programs/start-program.ts';
import { untilPolled } from '../support/until-polled.ts';
import { obey } from './obey.ts';

/** It takes 7 GB and a quarter of an hour to install: who has it names its command (`pip install open-webui==0.12.4`). */
const command = process.env['OPEN_WEBUI'];

describe.skipIf(command === undefined)('Open WebUI', () => {
  let server: TestServer;
  let directory: string;
  let program: Program;
  let token: string;
  let url: string;

  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(url + path, { ...init, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` } });
  const chat = (content: unknown, more: object = {}): Promise<Response> =>
    ask('/api/chat/completions', {
      method: 'POST',
      body: JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content }], ...more }),
    });

  beforeAll(async () => {
    server = await startTestServer();
    directory = await makeTemporaryDirectory();
    const port = await freePort();
    program = await startProgram(command ?? '', ['serve', '--host', '127.0.0.1', '--port', String(port)], {
      cwd: directory,
      environment: {
        ...{ OPENAI_API_BASE_URL: `${server.url}/v1`, OPENAI_API_KEY: 'unused', ENABLE_OLLAMA_API: 'False', WEBUI_AUTH: 'False' },
        ...{ DATA_DIR: directory, WEBUI_SECRET_KEY: 'unused', RAG_EMBEDDING_ENGINE: 'openai', OFFLINE_MODE: 'true', HF_HUB_OFFLINE: '1' },
      },
      // It says no address.
      says: /Started (server) process/,
      // It makes its database, step by step of its history.
      withinMs: 500_000,
    });
    url = `http://127.0.0.1:${port}`;
    await untilPolled(
      () =>
        fetch(`${url}/health`).then(
          ({ ok }) => ok,
          () => false,
        ),
      (ok) => ok,
      'it is well',
      120_000,
    );
    const signedIn = await ask('/api/v1/auths/signin', { method: 'POST', body: JSON.stringify({ email: '', password: '' }) });
    ({ token } = (await signedIn.json()) as { token: string });
  }, 600_000);
  beforeEach(() => {
    server.mock.reset();
    server.mock.replyWith(obey);
  });
  afterAll(async () => {
    await program?.end('SIGKILL');
    await server?.close();
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  });

  test('lists the models', async () => {
    const { data } = (await (await ask('/api/models')).json()) as { data: { id: string }[] };
    expect(data.map(({ id }) => id)).toEqual(expect.arrayContaining(['sonnet', 'opus', 'haiku']));
  });

  test('an answer, whole and streamed', async () => {
    expect(await (await chat('hello Claude')).json()).toMatchObject({ choices: [{ message: { content: 'You said: hello Claude' } }] });
    expect(await readStream(await chat('hello Claude', { stream: true }))).toMatchObject({ text: 'You said: hello Claude' });
  });

  test('a picture', async () => {
    const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } };
    const answer = await (await chat([{ type: 'text', text: 'What is this?' }, image])).json();
    expect(answer).toMatchObject({ choices: [{ message: { content: 'That is an image of type image/png' } }] });
  });
});
