import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newestCli, minimumCli } from '../support/cli/cli-versions.ts';
import { cloudEnvironment } from '../support/cli/cloud-environment.ts';
import { startCloud, type Cloud } from '../support/servers/start-cloud.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/servers/start-test-server.ts';

const clouds = ['bedrock', 'vertex', 'foundry'] as const;
const meant = { sonnet: /claude-sonnet-4-5/, opus: /claude-opus-/, haiku: /claude-haiku-4-5/, 'sonnet[1m]': /claude-sonnet-4-5/ };
const pins = {
  ANTHROPIC_DEFAULT_SONNET_MODEL: 'own-sonnet',
  ANTHROPIC_DEFAULT_OPUS_MODEL: 'own-opus',
  ANTHROPIC_DEFAULT_HAIKU_MODEL: 'own-haiku',
};

let cloud: Cloud;
let server: TestServer | undefined;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());
beforeEach(() => cloud.reset());
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(options: TestServerOptions): Promise<TestServer> {
  server = await startTestServer({
    ...options,
    runner: { minIdle: 0, maxIdle: options.runner?.minIdle ?? 0, maxLive: 0, ...options.runner },
  });
  return server;
}

async function ask(model: string, text = 'hi'): Promise<void> {
  const response = await server?.chat({ model, messages: [{ role: 'user', content: text }] });
  expect(await response?.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' } }] });
}

async function listed(): Promise<string[]> {
  const { data } = (await (await fetch(`${server?.url}/v1/models`)).json()) as { readonly data: readonly { readonly id: string }[] };
  return data.map(({ id }) => id);
}

/** The model of each turn, as it was asked for. */
function asked(): string[] {
  return cloud.turns().map(({ path, body }) => decodeURIComponent(/models?\/([^/:]+(?::\d+)?)/.exec(path)?.[1] ?? body.model));
}

describe.each([newestCli, minimumCli])('with CLI $version', (cli) => {
  // How a cloud is asked is the CLI's affair, and the same for all three here: the oldest shows it by that which also looks for models.
  test.each(clouds.slice(0, cli === newestCli ? undefined : 1))(
    '%s: the CLI’s own short names are served and listed, and stand for what they do in the CLI',
    async (name) => {
      await start({ cli, environment: cloudEnvironment(name, cloud.url) });
      for (const model of Object.keys(meant)) await ask(model);
      expect(await listed()).toEqual(expect.arrayContaining([...Object.keys(meant), 'opus[1m]']));
      expect(asked()).toEqual(Object.values(meant).map((pattern) => expect.stringMatching(pattern) as string));
      expect(JSON.stringify(cloud.turns().map(({ body }) => body.messages))).not.toContain('local-command');
    },
  );
});

test('Bedrock: which models there are is found out once, however many chats come at once', async () => {
  await start({ environment: cloudEnvironment('bedrock', cloud.url), runner: { minIdle: 2 } });
  await Promise.all(['sonnet', 'claude-sonnet-4-5', 'opus'].map((model) => ask(model)));
  for (const text of ['four', 'five']) await ask('sonnet', text);
  expect(cloud.probes()).toHaveLength(3);
});

test('Bedrock: what the account lacks is found out once as well, and the next best is used', async () => {
  const lacking = await startCloud({ lacks: (path) => path.includes('sonnet-4-5') });
  try {
    await start({ environment: cloudEnvironment('bedrock', lacking.url) });
    for (const text of ['one', 'two']) await ask('sonnet', text);
    expect(lacking.turns().map(({ path }) => path)).toEqual(Array(2).fill(expect.stringContaining('claude-sonnet-4-2025') as string));
    expect(new Set(lacking.probes().map(({ path }) => path)).size).toBe(lacking.probes().length);
  } finally {
    await lacking.close();
  }
});

test('Bedrock: nothing is found out where the operator has said it', async () => {
  await start({ environment: { ...cloudEnvironment('bedrock', cloud.url), ...pins } });
  await ask('sonnet');
  await ask('opus');
  expect(asked()).toEqual(['own-sonnet', 'own-opus']);
  expect(cloud.probes()).toEqual([]);
});

test('with a key they are served and listed too', async () => {
  const { mock } = await start({});
  for (const model of ['sonnet[1m]', 'opus[1m]', 'best', 'opusplan']) await ask(model);
  expect(mock.messages().map(({ body }) => body.model)).toEqual([
    expect.stringMatching(/^claude-sonnet-/),
    expect.stringMatching(/^claude-opus-/),
    expect.stringMatching(/^claude-/),
    expect.stringMatching(/^claude-/),
  ]);
  expect(await listed()).toEqual(expect.arrayContaining(['sonnet', 'sonnet[1m]', 'best']));
});
