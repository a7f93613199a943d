import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newestCli, minimumCli } from '../support/cli/cli-versions.ts';
import { cloudEnvironment } from '../support/cli/cloud-environment.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { readHealth } from '../support/servers/read-health.ts';
import { noIdle } from '../support/servers/no-idle.ts';
import { createCommandPlace } from '../support/servers/start-command.ts';
import { startCloud, type Cloud } from '../support/servers/start-cloud.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/servers/start-test-server.ts';
import { withoutCacheControl } from '../support/chat/without-cache-control.ts';

const model = 'claude-sonnet-4-5';
const user = (content: string): object => ({ role: 'user', content });
const say = (text: string): object => ({ type: 'text', text });
const logins = ['token', 'bedrock', 'vertex', 'foundry', 'mantle', 'aws'] as const;

let home: string;
let cloud: Cloud;
let server: TestServer | undefined;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());
beforeEach(async () => {
  cloud.reset();
  home = await makeTemporaryDirectory();
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(home, { recursive: true, force: true });
});

async function start({ environment = {}, runner = {}, ...options }: TestServerOptions): Promise<TestServer> {
  server = await startTestServer({
    ...options,
    environment: { HOME: home, ...environment },
    runner: { minIdle: 0, maxIdle: 0, maxLive: 0, ...runner },
  });
  return server;
}

async function ask(body: object): Promise<void> {
  const response = await server?.chat(body);
  expect(await response?.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' } }] });
}

describe.each([newestCli, minimumCli])('with CLI $version', (cli) => {
  // Of the oldest, a gateway by token and a cloud: what is said is given to all of them alike.
  test.each(logins.slice(0, cli === newestCli ? undefined : 2))(
    '%s: what is said reaches the API with nothing beside it, and the system prompt is the same every time',
    async (login) => {
      await start({ cli, environment: cloudEnvironment(login, cloud.url) });
      const system = { role: 'system', content: 'Rule: be kind. '.repeat(300) };
      for (const messages of [[user('hi')], [user('one'), { role: 'assistant', content: 'two' }, user('three')]])
        await ask({ model, messages: [system, ...messages] });
      const bodies = cloud.turns().map(({ body }) => body);
      expect(bodies.map((body) => withoutCacheControl(body).messages)).toEqual([
        [{ role: 'user', content: [say('hi')] }],
        [
          { role: 'user', content: [say('one')] },
          { role: 'assistant', content: [say('two')] },
          { role: 'user', content: [say('three')] },
        ],
      ]);
      const systems = bodies.map((body) => JSON.stringify(body.system));
      expect(new Set(systems).size).toBe(1);
      expect(systems[0]).not.toContain('billing-header');
      // The mark for the cache is on what the caller said last, so that the next rebuild reads all of it.
      expect(JSON.stringify(bodies.at(-1)?.messages.at(-1))).toContain('"cache_control"');
    },
  );
});

test('with a token an answer can be begun for Claude', async () => {
  await start({ environment: cloudEnvironment('token', cloud.url) });
  await ask({ model, messages: [user('A poem.'), { role: 'assistant', content: 'Roses are' }] });
  const [request] = cloud.turns();
  expect(request?.headers.authorization).toBe('Bearer a-token');
  expect(withoutCacheControl(request?.body)?.messages.at(-1)).toEqual({ role: 'assistant', content: [say('Roses are')] });
});

describe('a login in settings.json', () => {
  async function settings(content: object): Promise<void> {
    await mkdir(join(home, '.claude'), { recursive: true });
    await writeFile(join(home, '.claude', 'settings.json'), JSON.stringify(content));
  }
  const noLogin = { ANTHROPIC_API_KEY: '', ANTHROPIC_BASE_URL: '', CLAUDE_CODE_ATTRIBUTION_HEADER: '' };

  test('apiKeyHelper, for agents as well', async () => {
    const helper = join(home, 'print-key');
    await writeFile(helper, '#!/bin/sh\necho key-of-the-helper\n');
    await chmod(helper, 0o700);
    await settings({ apiKeyHelper: helper });
    const environment = { ...noLogin, ANTHROPIC_BASE_URL: cloud.url };
    const { url } = await start({ environment, settings: { 'profiles.agent': '{"tools": ["Read"]}' } });
    await ask({ model, messages: [user('hi')] });
    const [request] = cloud.turns();
    expect(request?.headers['x-api-key']).toBe('key-of-the-helper');
    expect(withoutCacheControl(request?.body)?.messages).toEqual([{ role: 'user', content: [say('hi')] }]);
    expect(await readHealth(url)).toMatchObject({ status: 'ok', cli: { login: 'api_key_helper', bare: true } });
    cloud.reset();
    await ask({ model: `agent/${model}`, messages: [user('hi')] });
    expect(cloud.turns()[0]?.headers['x-api-key']).toBe('key-of-the-helper');
  });

  test('a helper sees the variables that the operator names, by the command too', async () => {
    await settings({ apiKeyHelper: 'echo "key-of-$MY_HELPER_ROLE$NOT_NAMED"' });
    const place = createCommandPlace('');
    try {
      const environment = { ...noLogin, HOME: home, ANTHROPIC_BASE_URL: cloud.url, MY_HELPER_ROLE: 'mine', NOT_NAMED: '-not' };
      const { url } = await place.serve(['--server.port=0', ...noIdle, '--claude.environment=["MY_HELPER_ROLE"]'], { environment });
      const body = JSON.stringify({ model, messages: [user('hi')] });
      const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      expect(response.status, await response.text()).toBe(200);
      expect(cloud.turns()[0]?.headers['x-api-key']).toBe('key-of-mine');
    } finally {
      await place.remove();
    }
  });

  test.each<[string, object, string]>([
    ['a token', { ANTHROPIC_AUTH_TOKEN: 'of-the-file' }, 'Bearer of-the-file'],
    ['a key', { ANTHROPIC_API_KEY: 'of-the-file' }, 'of-the-file'],
  ])('%s in env', async (_, env, expected) => {
    await settings({ env: { ...env, ANTHROPIC_BASE_URL: cloud.url }, hooks: {}, model: 'opus' });
    const { url } = await start({ environment: noLogin });
    await ask({ model, messages: [user('hi')] });
    const [request] = cloud.turns();
    expect(request?.headers.authorization ?? request?.headers['x-api-key']).toBe(expected);
    expect(await readHealth(url)).toMatchObject({ status: 'ok', cli: { bare: true } });
  });
});

test('a region of a model’s own is obeyed', async () => {
  await start({ environment: { ...cloudEnvironment('vertex', cloud.url), VERTEX_REGION_CLAUDE_HAIKU_4_5: 'europe-west1' } });
  await ask({ model: 'claude-haiku-4-5', messages: [user('hi')] });
  expect(cloud.turns()[0]?.path).toContain('/locations/europe-west1/');
});

test('a Foundry that needs no key', async () => {
  const environment = { ...cloudEnvironment('foundry', cloud.url), ANTHROPIC_FOUNDRY_API_KEY: '', CLAUDE_CODE_SKIP_FOUNDRY_AUTH: '1' };
  await start({ environment });
  await ask({ model, messages: [user('hi')] });
});

test('betas and the hour of the cache are as the operator wants them', async () => {
  const environment = { ENABLE_PROMPT_CACHING_1H: '1', CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS: '1', CLAUDE_CODE_ATTRIBUTION_HEADER: '1' };
  await start({ environment: { ...cloudEnvironment('token', cloud.url), ...environment } });
  await ask({ model, messages: [user('hi')] });
  const [request] = cloud.turns();
  expect(JSON.stringify(request?.body.messages)).toContain('"ttl":"1h"');
  expect(request?.headers['anthropic-beta'] ?? '').not.toContain('context-management');
  expect(JSON.stringify(request?.body.system)).toContain('x-anthropic-billing-header');
});

test('a gateway that asks for a client certificate, and whose own is of an authority of the operator’s', async () => {
  const [key, cert] = [join(home, 'key.pem'), join(home, 'cert.pem')];
  const subject = ['-subj', '/CN=the-operator', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-days', '2', '-passout', 'pass:open', '-keyout', key, '-out', cert, ...subject];
  execFileSync('openssl', made, { stdio: 'ignore' });
  const files = { key: await readFile(key), cert: await readFile(cert), passphrase: 'open' };
  const strict = await startCloud({ tls: { ...files, ca: files.cert, requestCert: true, rejectUnauthorized: true } });
  try {
    const certificate = { CLAUDE_CODE_CLIENT_CERT: cert, CLAUDE_CODE_CLIENT_KEY: key, CLAUDE_CODE_CLIENT_KEY_PASSPHRASE: 'open' };
    await start({ environment: { ...cloudEnvironment('token', strict.url), ...certificate, NODE_EXTRA_CA_CERTS: cert } });
    await ask({ model, messages: [user('hi')] });
    expect(strict.turns()[0]?.clientName).toBe('the-operator');
  } finally {
    await strict.close();
  }
});
