import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createScriptedRunner, textScript } from '@claude-code-api/gateway/testing';
import { startMockAnthropic, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerOfWeather, expectStreamedConversation } from '../support/chat/expect-streamed-conversation.ts';
import { entrySources } from '../support/entry-sources.ts';
import { installRuntime } from '../support/programs/install-runtime.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startTestMachine, type TestMachine } from '../support/servers/start-test-machine.ts';
import { startProgram } from '../support/programs/start-program.ts';
import { startWorkerd } from '../support/programs/start-workerd.ts';
import type { CheckReport } from './program/handle.ts';

const source = fileURLToPath(new URL('../../packages/gateway/src/', import.meta.url));
const programOf = (name: string): string => fileURLToPath(new URL(`program/${name}.ts`, import.meta.url));

const edgeWorker = fileURLToPath(new URL('../../examples/edge-worker/worker.js', import.meta.url));

/** The contracts of the dialects, and what is below them. What needs vitest's own clock stays out, and what measures. */
const checked = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  (file) =>
    /^(?:dialects\/[^/]+\/contract|(?:engine|conversations|remote|stores)\/.*)\.test\.ts$/.test(file) &&
    !/\bvi\.|expect\.poll|toBeLessThan|performance\.now|setTimeout\(/.test(readFileSync(join(source, file), 'utf8')),
);

/** The list of these files, read when it is asked for: on workers there is neither time nor randomness before a request. */
const checkedFiles: Plugin = {
  name: 'checked-files',
  setup(made) {
    made.onLoad({ filter: /\/program\/checked-files\.ts$/ }, () => ({
      contents: `export const files = {${checked.map((file) => `${JSON.stringify(file)}: () => import(${JSON.stringify(source + file)})`).join(',')}};`,
      resolveDir: source,
    }));
  },
};
const bundling: BuildOptions = { alias: { ...entrySources, vitest: programOf('vitest') }, plugins: [checkedFiles] };

let directory: string;
let mock: MockAnthropic;
let machine: TestMachine;
beforeAll(async () => {
  [directory, mock] = await Promise.all([makeTemporaryDirectory(), startMockAnthropic()]);
  const settings = { 'claude.min_idle_processes': '0', 'claude.max_idle_processes': '1', 'claude.max_live_processes': '2' };
  machine = await startTestMachine({ mockUrl: mock.url, settings });
  answerOfWeather(mock);
  // It asks the CLI for its login, which takes a busy machine long: gateways would find it unwell meanwhile.
  expect((await fetch(`${machine.url}/health`)).status).toBe(200);
  await build({
    ...{ entryPoints: [programOf('serve')], bundle: true, platform: 'node', format: 'esm', outfile: join(directory, 'serve.mjs') },
    ...bundling,
  });
}, 60_000);
afterAll(async () => {
  await machine?.close();
  await mock?.close();
  await rm(directory, { recursive: true });
});

interface Running {
  readonly url: string;
  close(): Promise<unknown>;
}

/** The whole suite runs on the oldest that is supported. */
const runtimes = {
  'Node 22': () => serveOn('node', '22.23.3'),
  'Node 24': () => serveOn('node', '24.21.0'),
  Bun: () => serveOn('bun', '1.4.5'),
  Deno: () => serveOn('deno', '2.9.6', 'run', '--allow-all'),
  workerd: () => startWorkerd({ entry: programOf('worker'), directory, bindings: environment(), objects: { PLACE: 'Place' }, ...bundling }),
};

const environment = () => ({ MACHINE: machine.url, RUNNER_TOKEN: machine.token });

async function serveOn(name: 'node' | 'bun' | 'deno', version: string, ...parameters: string[]): Promise<Running> {
  const command = await installRuntime(name, version);
  const place = { cwd: directory, environment: environment() };
  const { url, end } = await startProgram(command, [...parameters, join(directory, 'serve.mjs')], place);
  return { url, close: () => end('SIGKILL') };
}

for (const [index, [name, start]] of Object.entries(runtimes).entries()) {
  test(`on ${name} the tests of the neutral package hold, and a streamed conversation with calls goes on on a machine elsewhere`, async () => {
    const running = await start();
    try {
      const { passed, failed } = (await (await fetch(`${running.url}/checks`)).json()) as CheckReport;
      expect(failed).toEqual([]);
      expect(passed).toBeGreaterThan(500);
      await expectStreamedConversation(running.url, 'any', mock, ['Rome', 'Oslo', 'Bern', 'Kyiv', 'Riga'][index] ?? '');
    } finally {
      await running.close();
    }
  }, 360_000);
}

test('the example of a gateway at the edge lets nobody in where its key is not set', async () => {
  const { default: worker } = (await import(edgeWorker)) as {
    default: { fetch(request: Request, environment: object): Promise<Response> };
  };
  const bindings = { MACHINES: machine.url, RUNNER_TOKEN: machine.token };
  for (const authorization of ['Bearer undefined', 'Bearer ', 'Bearer']) {
    const response = await worker.fetch(new Request('http://edge/v1/models', { headers: { authorization } }), bindings);
    expect(response.status).toBe(401);
  }
});

test('the example of a gateway at the edge keeps conversations and answers in one place, for who has the key', async () => {
  const key = 'key-of-the-callers';
  const worker = await startWorkerd({
    entry: edgeWorker,
    directory,
    alias: entrySources,
    bindings: { MACHINES: machine.url, RUNNER_TOKEN: machine.token, API_KEY: key },
    objects: { PLACE: 'Place' },
  });
  try {
    await Promise.all(['Prague', 'Vienna'].map((city) => expectStreamedConversation(worker.url, key, mock, city)));
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
    const body = JSON.stringify({ model: 'sonnet', seed: 1, messages: [{ role: 'user', content: 'How is the weather in Turin?' }] });
    for (const state of ['miss', 'hit']) {
      const response = await fetch(`${worker.url}/v1/chat/completions`, { method: 'POST', headers, body });
      expect([response.status, response.headers.get('x-cache')], await response.text()).toEqual([200, state]);
    }
    // What is kept is not reached past the gateway.
    for (const path of ['/v1/models', '/v1/conversations', '/records/usage', '/secret']) {
      const response = await fetch(worker.url + path, { method: 'POST', headers: { authorization: 'Bearer another' }, body: '{}' });
      expect([401, 404, 405]).toContain(response.status);
    }
  } finally {
    await worker.close();
  }
}, 360_000);

test('at the edge, a caller who leaves in the midst of an answer, or reads it slowly, takes nothing from others', async () => {
  const hello = textScript(['Hello']);
  // More than all buffers on its way hold, so that who does not read stops it.
  const pieces = Array.from({ length: 100 }, () => 'x'.repeat(100_000));
  const much = textScript(pieces);
  const runner = createScriptedRunner({
    async *script(turn, signal) {
      const said = JSON.stringify(turn.messages);
      for await (const event of (said.includes('much') ? much : hello)(turn, signal)) {
        yield event;
        if (said.includes('leave') && event.type === 'text-delta') await new Promise(() => {});
      }
    },
  });
  // It has room for all of them: a worker may hear late that a caller has left.
  const settings = { 'claude.max_concurrent_sessions': '20' };
  const scripted = await startTestMachine({ mockUrl: mock.url, runner, settings });
  const bindings = { MACHINES: scripted.url, RUNNER_TOKEN: scripted.token, API_KEY: 'key' };
  const worker = await startWorkerd({ entry: edgeWorker, directory, alias: entrySources, bindings, objects: { PLACE: 'Place' } });
  const ask = (
    content: string,
    stream: boolean,
    own: { readonly seed?: number; readonly pad?: number; readonly signal?: AbortSignal } = {},
  ) =>
    fetch(`${worker.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer key' },
      body: JSON.stringify({ model: 'sonnet', stream, seed: own.seed, messages: [{ role: 'user', content }] }) + ' '.repeat(own.pad ?? 0),
      signal: own.signal ?? null,
    });
  try {
    const slow = await ask('Say much', true, { seed: 1 });
    const fast = await ask('Say much', true, { seed: 1 });
    expect([slow, fast].map(({ headers }) => headers.get('x-cache'))).toEqual(['miss', 'shared']);
    // The first is read by nobody until the other has all of it.
    for (const response of [fast, slow]) {
      const text = await response.text();
      expect([text.length > pieces.join('').length, text.slice(-14).trim()], worker.said()).toEqual([true, 'data: [DONE]']);
    }
    // As many as run at once by default, and one more. Together they weigh more than a gateway holds of one caller by default.
    for (let count = 0; count < 11; count += 1) {
      const leaving = new AbortController();
      const left = await ask('I leave', true, { signal: leaving.signal, pad: 13_000_000 });
      expect(left.status).toBe(200);
      await left.body?.getReader().read();
      leaving.abort();
    }
    const response = await ask('I stay', false);
    expect(response.status, await response.text()).toBe(200);
  } finally {
    await worker.close();
    await scripted.close();
  }
}, 360_000);
