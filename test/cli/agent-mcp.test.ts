import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CliRunnerOptions } from '@claude-code-api/node';
import { agentProfileOf } from '../support/servers/agent-profile-of.ts';
import { childProcesses } from '../support/cli/child-processes.ts';
import { freePort } from '../support/servers/free-port.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { callOf, say, scriptSteps, startAgents, type Agents } from '../support/servers/start-agents.ts';
import { until } from '../support/until.ts';

type McpServer = NonNullable<CliRunnerOptions['profiles']>[string]['mcpServers'][string];

const here = createRequire(import.meta.url);
const programOf = (name: string): string => join(dirname(here.resolve(`@modelcontextprotocol/${name}/package.json`)), 'dist', 'index.js');
const serverOf = (definition: object, limits: Partial<McpServer> = {}): McpServer => ({
  definition: { ...definition },
  allowedTools: undefined,
  startTimeoutMs: undefined,
  callTimeoutMs: undefined,
  ...limits,
});
const secret = 'ZEBRA-TOKEN';

let root: string;
let web: ChildProcess;
let agents: Agents;
beforeAll(async () => {
  root = await makeTemporaryDirectory();
  await mkdir(join(root, 'work'));
  await writeFile(join(root, 'work', 'a.txt'), 'inside');
  const port = await freePort();
  web = spawn(process.execPath, [programOf('server-everything'), 'streamableHttp'], {
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore',
  });
  await until(() => isOpen(port), 'the HTTP server to listen');
  const files = serverOf(
    { command: process.execPath, args: [programOf('server-filesystem'), join(root, 'work')], env: { TOKEN: secret } },
    { allowedTools: ['read_text_file'], callTimeoutMs: 20_000 },
  );
  const everything = serverOf({ command: process.execPath, args: [programOf('server-everything'), 'stdio'] });
  const overHttp = serverOf({ type: 'http', url: `http://127.0.0.1:${port}/mcp`, headers: { Authorization: secret } });
  const broken = serverOf({ command: join(root, 'not-there'), env: { TOKEN: secret } }, { startTimeoutMs: 10_000 });
  const shared = { workingDirectory: join(root, 'work') };
  agents = await startAgents({
    profiles: {
      agent: agentProfileOf({ ...shared, mcpServers: { files, everything, web: overHttp, broken }, mcpDebug: true }),
      strict: agentProfileOf({ ...shared, mcpServers: { everything, broken }, mcpStrict: true }),
    },
  });
});
afterAll(async () => {
  await agents.close();
  web.kill();
  await rm(root, { recursive: true, force: true });
});
beforeEach(() => agents.mock.reset());

let open = false;
function isOpen(port: number): boolean {
  void fetch(`http://127.0.0.1:${port}/mcp`).then(
    () => (open = true),
    () => {},
  );
  return open;
}

test('tools of servers over stdio and HTTP run where they are allowed; a broken server is named and stops nothing', async () => {
  scriptSteps(
    agents.mock,
    [callOf('mcp__files__read_text_file', { path: join(root, 'work', 'a.txt') })],
    [callOf('mcp__everything__echo', { message: 'over stdio' })],
    [callOf('mcp__web__echo', { message: 'over http' })],
    [callOf('mcp__files__write_file', { path: join(root, 'work', 'new.txt'), content: 'x' })],
  );
  const { results, text } = await agents.ask({ messages: [say('Use them.')] });
  expect(results.map(({ isError, denied }) => [isError, denied])).toEqual([
    [false, false],
    [false, false],
    [false, false],
  ]);
  for (const [index, part] of ['inside', 'over stdio', 'over http'].entries()) expect(results[index]?.result).toContain(part);
  expect(text).toMatch(/Done\.$/);
  const shown = agents.mock
    .messages()
    .map(({ body }) => (body.tools ?? []).map(({ name }) => name).filter((name) => name.includes('__files__')));
  // What a list leaves out is not shown either, in any step.
  expect(shown).toEqual(shown.map(() => ['mcp__files__read_text_file']));
  expect(await readdir(join(root, 'work'))).toEqual(['a.txt']);
  const { details } = await agents.runner.health();
  expect(details).toMatchObject({
    profiles: { agent: { mcpServers: { files: 'connected', everything: 'connected', web: 'connected', broken: 'failed' } } },
  });
  expect(agents.log.filter((line) => line.includes('an MCP server does not work'))).toEqual([
    JSON.stringify({ profile: 'agent', server: 'broken', status: 'failed', message: 'an MCP server does not work' }),
  ]);
});

test('strict: the turn fails, with the name of the server', async () => {
  await expect(agents.ask({ profile: 'strict', messages: [say('Use them.')] })).rejects.toMatchObject({
    status: 503,
    code: 'mcp_server_unavailable',
    message: expect.stringContaining('`broken`') as string,
  });
});

test("no secret of a server's definition is among the arguments, in the log, in health, or in what the model hears", async () => {
  await agents.ask({ messages: [say('Hi.')] });
  const commands = childProcesses().map(({ command }) => command);
  expect(commands.some((command) => command.includes('--mcp-config'))).toBe(true);
  const told = JSON.stringify([commands, agents.log, await agents.runner.health(), agents.mock.messages().map(({ body }) => body)]);
  expect(told).not.toContain(secret);
});
