import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createScriptedRunner, textScript, type ScriptEvent } from '@claude-code-api/gateway/testing';
import type { RunningServer } from '@claude-code-api/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGates, type Gates } from '../endurance/model/create-gates.ts';
import { readPage, snippetsOf } from '../support/docs/doc-pages.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { freePort } from '../support/servers/free-port.ts';
import { startRedis, type TestRedis } from '../support/servers/start-redis.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';

// What `docs/scaling.md` shows, as it stands there, but for addresses and for how often HAProxy asks for health, which a busy machine answers late;
// before two servers that share a Redis.

let directory: string;
let redis: TestRedis;
let gates: Gates;
let servers: RunningServer[];
let balancer: ChildProcess | undefined;
beforeEach(async () => {
  servers = [];
  redis = await startRedis();
  directory = await makeTemporaryDirectory();
  gates = createGates();
  for (const name of ['one', 'two']) servers.push(await startServer(name));
});
afterEach(async () => {
  if (balancer !== undefined && balancer.exitCode === null) {
    const ended = once(balancer, 'exit');
    balancer.kill('SIGTERM');
    await ended;
  }
  balancer = undefined;
  await Promise.all(servers.map((server) => server.close()));
  await redis.kill();
  await rm(directory, { recursive: true, force: true });
});

/** It says its name, and, where it is asked to, waits at a gate before it says more. */
function startServer(name: string): Promise<RunningServer> {
  const runner = createScriptedRunner({
    async *script(turn, signal) {
      const [question] = turn.messages.at(-1)?.content ?? [];
      const gate = question?.type === 'text' ? /gate:(\w+)/.exec(question.text)?.[1] : undefined;
      const events = [...(textScript([name, ' goes on'])(turn, signal) as Iterable<ScriptEvent>)];
      const said = events.findIndex(({ type }) => type === 'text-delta') + 1;
      yield* events.slice(0, said);
      if (gate !== undefined) await gates.wait(gate);
      yield* events.slice(said);
    },
  });
  return startScriptedTestServer({ 'storage.driver': 'redis', 'storage.url': redis.url }, { runner });
}

const portOf = ({ url }: RunningServer): string => new URL(url).port;

type Balancer = 'nginx' | 'haproxy';

const shown = (language: Balancer): string => snippetsOf('docs/scaling.md').find((each) => each.language === language)?.code ?? '';

/** Has a configuration be about this test. */
function withAddresses(code: string, port: number): string {
  const [one = '', two = ''] = servers.map((server) => `127.0.0.1:${portOf(server)}`);
  return code
    .replaceAll('10.0.0.11:8080', one)
    .replaceAll('10.0.0.12:8080', two)
    .replace(/server server:8080( .*)$/m, `server ${one}$1\n server ${two}$1`)
    .replaceAll('check inter 2s', 'check inter 300s')
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
    .replace('bind :80', `bind 127.0.0.1:${port}`);
}

/** What a whole file of it has around that: where it may write. */
const nginxAround = (http: string): string => `
daemon off; pid nginx.pid; error_log stderr; ${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  ${http}
}`;

const balancers = {
  nginx: { around: nginxAround, parameters: (file: string) => ['-p', directory, '-e', 'stderr', '-c', file] },
  haproxy: { around: (code: string) => code, parameters: (file: string) => ['-db', '-f', file] },
};

// Debian has both where only root looks.
const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` };

async function start(name: Balancer, code = shown(name)): Promise<string> {
  const { around, parameters } = balancers[name];
  const port = await freePort();
  const file = join(directory, 'balancer.conf');
  await writeFile(file, around(withAddresses(code, port)));
  let said = '';
  let ended: string | undefined;
  balancer = spawn(name, parameters(file), { stdio: ['ignore', 'pipe', 'pipe'], env });
  for (const stream of [balancer.stdout, balancer.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
  balancer.once('error', () => (ended = `There is none: apt-get install ${name}`));
  balancer.once('exit', (status) => (ended ??= `It ended with ${status}: ${said}`));
  await expect
    .poll(() => ended ?? listens(port), { timeout: 30_000, message: 'the start of the balancer' })
    .toSatisfy((state) => state === true || typeof state === 'string');
  if (ended !== undefined) throw new Error(ended);
  return `http://127.0.0.1:${port}`;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isOpen;
}

function post(url: string, content: string, headers: Readonly<Record<string, string>>, stream = false): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'sonnet', stream, messages: [{ role: 'user', content }] }),
  });
}

interface Answered {
  readonly by: string;
  readonly id: string;
}

async function ask(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
  const response = await post(url, 'Who are you?', headers);
  const body = (await response.json()) as { choices: [{ message: { content: string } }]; conversation_id: string };
  expect(response.status, JSON.stringify(body)).toBe(200);
  return { by: body.choices[0].message.content.replace(' goes on', ''), id: body.conversation_id };
}

/** What the model says is there before it says more. */
async function expectStreams(url: string): Promise<void> {
  for (const [index, headers] of [{}, { 'x-conversation-id': (await ask(url)).id }].entries()) {
    const response = await post(url, `Who are you? gate:g${index}`, headers, true);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!/"content":"(one|two)"/.test(text)) {
      const { value, done } = await reader.read();
      expect(done, text).toBe(false);
      text += value;
    }
    expect(text).not.toContain('goes on');
    gates.open(`g${index}`);
    for (let read = await reader.read(); !read.done; read = await reader.read()) text += read.value;
    expect(text).toContain('goes on');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  }
}

/** In CI both are installed; elsewhere those are tried that there are. */
const tried = (['nginx', 'haproxy'] as const).filter((name) => process.env['CI'] || spawnSync(name, ['-v'], { env }).status === 0);
if (tried.length === 0) test.skip('there is neither nginx nor haproxy', () => {});

describe.each(tried)('%s', (name) => {
  test('a conversation stays on its server, by its id or Claude Code’s; others go to the other', { timeout: 120_000 }, async () => {
    const url = await start(name);
    for (const toHeaders of [(id: string) => ({ 'x-conversation-id': id }), (id: string) => ({ 'x-claude-code-session-id': id })]) {
      const seen = new Set<string>();
      // Which goes where is chance; that of so many none goes to one of two is not.
      for (let count = 0; count < 60 && seen.size < 2; count += 1) {
        const { id } = await ask(url);
        const answers = [await ask(url, toHeaders(id)), await ask(url, toHeaders(id)), await ask(url, toHeaders(id))];
        expect(new Set(answers.map(({ by }) => by)).size, JSON.stringify(answers)).toBe(1);
        seen.add(answers[0]!.by);
      }
      expect([...seen].toSorted()).toEqual(['one', 'two']);
    }
  });

  test('a stream is not held back: its first word is there before the second is said', { timeout: 120_000 }, async () => {
    await expectStreams(await start(name));
  });

  test('when a server is gone the other goes on with its conversations', { timeout: 120_000 }, async () => {
    const url = await start(name);
    const { id } = await ask(url);
    const { by } = await ask(url, { 'x-conversation-id': id });
    await servers[by === 'one' ? 0 : 1]!.close();
    // Until the balancer knows, it may say so itself.
    await expect.poll(async () => (await post(url, 'Who are you?', { 'x-conversation-id': id })).status, { timeout: 60_000 }).toBe(200);
    expect(await ask(url, { 'x-conversation-id': id })).toEqual({ by: by === 'one' ? 'two' : 'one', id });
  });
});

test.runIf(tried.includes('nginx'))(
  'that of deploy/compose.yaml uses all servers, and holds no stream back',
  { timeout: 120_000 },
  async () => {
    const url = await start('nginx', readPage('deploy/nginx.conf'));
    await expectStreams(url);
    const answers = [await ask(url), await ask(url), await ask(url), await ask(url)];
    expect(new Set(answers.map(({ by }) => by)).size).toBe(2);
  },
);
