import { noUsage } from '@claude-code-api/gateway/runner-kit';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { createServer, loadSettings, type RunningServer } from '@claude-code-api/node';
import { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { runCommand } from '../support/servers/run-command.ts';
import { startRedis } from '../support/servers/start-redis.ts';
import { startTestMachine, type TestMachine } from '../support/servers/start-test-machine.ts';
import { silentLogger as logger } from '../support/silent-logger.ts';
import { closeAll, type Closable } from '../support/close-all.ts';

const open: Closable[] = [];
afterEach(() => closeAll(open));

async function startMachine(token?: string): Promise<TestMachine> {
  const machine = await startTestMachine({ mockUrl: '', runner: createScriptedRunner(), ...(token !== undefined && { token }) });
  open.push(machine);
  return machine;
}

async function startGateway(
  machines: readonly string[],
  token: string,
  more: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const flags = {
    ...{ 'server.port': '0', 'claude.runner': 'remote', 'claude.machines': JSON.stringify(machines), 'claude.runner_token': token },
    ...{ 'claude.machine_timeout_seconds': '3', ...more },
  };
  const server = await createServer(loadSettings({ environment: {}, flags }), { environment: {}, logger });
  open.push(server);
  return server;
}

const ask = (server: RunningServer): Promise<Response> =>
  fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] }),
  });

test('each machine is told of by the health, the statistics and the metrics', async () => {
  const machine = await startMachine();
  const gone = 'http://127.0.0.1:9';
  const server = await startGateway([machine.url, gone], machine.token);
  expect((await ask(server)).status).toBe(200);
  const read = async (path: string): Promise<string> => (await fetch(server.url + path)).text();
  expect(JSON.parse(await read('/health'))).toMatchObject({
    status: 'ok',
    machines: { [machine.url]: { status: 'ok', room: { places: 10, running: 0 } }, [gone]: { status: 'gone' } },
  });
  expect(JSON.parse(await read('/stats'))).toMatchObject({
    now: { runner: { machines: { [machine.url]: { status: 'ok', places: 10 }, [gone]: { status: 'gone', places: 0 } } } },
  });
  const metrics = await read('/metrics');
  expect(metrics).toContain(`claude_code_api_machine_up{machine="${machine.url}"} 1`);
  expect(metrics).toContain(`claude_code_api_machine_up{machine="${gone}"} 0`);
  expect(metrics).toContain(`claude_code_api_machine_turns{machine="${machine.url}",state="places"} 10`);
});

test('the models are those of the machines', async () => {
  const machine = await startMachine();
  const server = await startGateway([machine.url], machine.token);
  const { data } = (await (await fetch(`${server.url}/v1/models`)).json()) as { data: { id: string }[] };
  expect(data.map(({ id }) => id)).toContain('sonnet');
});

test('machines in Redis come and go without a restart', async () => {
  const redis = await startRedis();
  open.push({ close: () => redis.kill() });
  const client = new Redis(redis.url);
  open.push({ close: () => client.disconnect() });
  const one = await startMachine();
  const other = await startMachine(one.token);
  const server = await startGateway(['redis:'], one.token, { 'storage.url': redis.url, 'storage.key_prefix': 'own' });
  expect((await ask(server)).status).toBe(503);
  await client.sadd('own:machines', one.url, 'nonsense');
  await expect.poll(async () => (await ask(server)).status, { timeout: 30_000 }).toBe(200);
  await client.sadd('own:machines', other.url);
  await client.srem('own:machines', one.url);
  await expect
    .poll(async () => Object.keys(((await (await fetch(`${server.url}/health`)).json()) as { machines: object }).machines), {
      timeout: 30_000,
    })
    .toEqual([other.url]);
  expect((await ask(server)).status).toBe(200);
  // While Redis is gone, the last list stands.
  await redis.stop();
  expect((await ask(server)).status).toBe(200);
});

test('a machine that is told to end takes nothing new, and ends what it has begun', async () => {
  let goOn = (): void => {};
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const runner = createScriptedRunner({
    async *script() {
      yield { type: 'turn-start', model: 'claude', usage: noUsage };
      await held;
      yield { type: 'text-delta', text: 'Done' };
      yield { type: 'usage', usage: noUsage };
      yield { type: 'turn-end', reason: 'end_turn' };
    },
  });
  const machine = await startTestMachine({ mockUrl: '', runner });
  const server = await startGateway([machine.url], machine.token);
  const running = ask(server);
  await expect.poll(() => runner.turns).toHaveLength(1);
  const stopped = machine.stop();
  await expect.poll(async () => (await ask(server)).status).toBe(503);
  goOn();
  expect(await (await running).json()).toMatchObject({ choices: [{ message: { content: 'Done' } }] });
  await stopped;
});

test('the command makes a token, and says what is missing; the doctor says which machine can be asked', async () => {
  const directory = await makeTemporaryDirectory();
  const made = await runCommand(['create-runner-token'], directory);
  const [token = ''] = /ccapi_[\w-]{43}/.exec(made.stdout) ?? [];
  expect(made.stdout).toMatch(/token_hashes = \["sha256:[0-9a-f]{64}"\]/);
  const bare = await runCommand(['runner', '--claude.command', '/bin/true'], directory);
  expect(bare).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/token_hashes|Claude Code/) });
  const without = await runCommand(['--claude.runner', 'remote'], directory);
  expect(without.stderr).toContain('claude.machines');
  const machine = await startMachine(token);
  const flags = ['doctor', '--claude.runner', 'remote', '--claude.runner_token', token, '--server.port', '0'];
  const well = await runCommand([...flags, '--claude.machines', JSON.stringify([machine.url])], directory);
  expect(well.stdout).toMatch(/ok +Machines: http:\/\/127\.0\.0\.1:\d+ runs 10 turns at once/);
  expect(well.exitCode).toBe(0);
  const ill = await runCommand([...flags, '--claude.machines', '["http://127.0.0.1:9"]'], directory);
  expect(ill.stdout).toMatch(/FAIL +Machines: http:\/\/127\.0\.0\.1:9 is gone/);
  expect(ill.exitCode).toBe(1);
});
