import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { readdir, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tool, Turn } from '@claude-code-api/gateway';
import { withoutBlocks } from '@claude-code-api/gateway/testing';
import { createCliRunner } from '@claude-code-api/node';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { textReply, toolUseReply } from '@claude-code-api/mock-anthropic';
import { agentProfileOf } from '../support/servers/agent-profile-of.ts';
import { isAlive } from '../support/cli/child-processes.ts';
import { newestCli } from '../support/cli/cli-versions.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { callOf, say, scriptSteps, startAgents, type Agents } from '../support/servers/start-agents.ts';
import { processOf } from '../support/chat/tool-chat.ts';
import { until } from '../support/until.ts';

const writing = agentProfileOf({
  tools: ['Read', 'Write', 'Bash'],
  permissionMode: 'acceptEdits',
  allow: ['Bash(node *)', 'Bash(cat own.txt)'],
});
const weather: Tool = {
  name: 'get_weather',
  description: 'Tells the weather.',
  inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: false,
};
const answered = (id: string, text: string) =>
  ({ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: [{ type: 'text', text }] }] }) as const;

let root: string;
let workRoot: string;
let agents: Agents;
beforeAll(async () => {
  root = await makeTemporaryDirectory();
  workRoot = join(root, 'conversations');
  await mkdir(join(root, 'fixed'));
  agents = await startAgents({
    workRoot,
    profiles: {
      agent: writing,
      limited: { ...writing, maxTurns: 2 },
      thrifty: { ...writing, maxBudgetUsd: 0.0001 },
      told: { ...writing, systemPrompt: 'claude-code', appendSystemPrompt: 'Of the operator.' },
      terse: { ...writing, appendSystemPrompt: 'Of the operator.' },
      fixed: { ...writing, workingDirectory: join(root, 'fixed') },
    },
  });
});
afterAll(async () => {
  await agents.close();
  await rm(root, { recursive: true, force: true });
});
beforeEach(() => agents.mock.reset());

/** The process that made a request of the last turn. */
const lastProcess = (): string => {
  const request = agents.mock.messages().at(-1);
  if (request === undefined) throw new Error('There was no request.');
  return processOf(request);
};
const write = (name: string, content = 'x') => callOf('Write', { file_path: name, content });
const lastMessages = (): string => JSON.stringify(agents.mock.messages().at(-1)?.body.messages);

test('a follow-up goes on in the process and its directory, one with another system prompt in the same directory; forgotten, all are gone', async () => {
  scriptSteps(agents.mock, [write('note.txt', 'ZEBRA')]);
  const turn = { conversation: 'one', messages: [say('Write.')] };
  const first = await agents.ask(turn);
  expect(first.results).toMatchObject([{ isError: false }]);
  const process = lastProcess();
  const [name = ''] = await readdir(workRoot);
  expect(await readFile(join(workRoot, name, 'note.txt'), 'utf8')).toBe('ZEBRA');
  scriptSteps(agents.mock, [callOf('Read', { file_path: 'note.txt' })]);
  const second = await agents.ask({ ...turn, messages: [...turn.messages, first.message, say('Read.')] });
  expect(second.results[0]?.result).toContain('ZEBRA');
  expect(second.events.find(({ type }) => type === 'usage')).toMatchObject({
    usage: { inputTokens: 20, outputTokens: 10 },
    costUsd: expect.closeTo(0.00014, 8) as number,
  });
  expect(lastProcess()).toBe(process);
  // Another system prompt is another process: the conversation is rebuilt with its steps.
  scriptSteps(agents.mock, [callOf('Read', { file_path: 'note.txt' })]);
  const third = await agents.ask({
    ...turn,
    system: [{ type: 'text', text: 'New.' }],
    messages: [...turn.messages, first.message, say('Read.'), second.message, say('Read again.')],
  });
  expect(lastProcess()).not.toBe(process);
  expect(third.results[0]?.result).toContain('ZEBRA');
  expect(third.text).toBe('Step 1.\n\nDone.');
  const sent = lastMessages();
  for (const part of ['"name":"Write"', 'note.txt', '"type":"tool_result"', 'Step 1.', 'Done.']) expect(sent).toContain(part);
  await agents.runner.forget?.('tenant', 'one');
  expect(await readdir(workRoot)).toEqual([]);
});

test('conversations side by side never see the files of each other, not even with the same words', async () => {
  const turns = ['left', 'right'].map((conversation) => ({ conversation, messages: [say('Write.')] }));
  const firsts = [];
  for (const turn of turns) {
    scriptSteps(agents.mock, [write('own.txt', turn.conversation)]);
    firsts.push(await agents.ask(turn));
  }
  const names = await readdir(workRoot);
  expect(names).toHaveLength(2);
  for (const [index, turn] of turns.entries()) {
    const first = firsts[index];
    if (first === undefined) throw new Error('There is no answer.');
    const others = names.map((name) => callOf('Read', { file_path: join(workRoot, name, 'own.txt') }));
    scriptSteps(agents.mock, [callOf('Bash', { command: 'cat own.txt' })], others);
    const { results } = await agents.ask({ ...turn, messages: [...turn.messages, first.message, say('Look.')] });
    expect(results[0]?.result).toBe(turn.conversation);
    expect(results.slice(1).filter(({ isError }) => isError)).toHaveLength(1);
    expect(JSON.stringify(results)).not.toContain(`\t${turns[1 - index]?.conversation}`);
  }
  // Another tenant's conversation of the same name is another.
  scriptSteps(agents.mock, [callOf('Read', { file_path: 'own.txt' })]);
  const stranger = await agents.ask({ tenant: 'stranger', conversation: 'left', messages: [say('Read.')] });
  expect(stranger.results).toMatchObject([{ isError: true, result: expect.stringContaining('does not exist') as string }]);
  await Promise.all([
    ...turns.map(({ conversation }) => agents.runner.forget?.('tenant', conversation)),
    agents.runner.forget?.('stranger', 'left'),
  ]);
});

test('a turn of no conversation has a directory that goes with its process', async () => {
  scriptSteps(agents.mock, [write('gone.txt')]);
  const { results } = await agents.ask({ profile: 'thrifty', messages: [say('Write.')] });
  expect(results).toHaveLength(1);
  await until(() => readdirSync(workRoot).length === 0, 'the directory to go');
});

test("the caller's tool beside the agent's own: only that is handed out, the turn goes on where it was, and what comes after it is held back", async () => {
  const ask = callOf('get_weather', { city: 'Oslo' });
  agents.mock.reply(
    toolUseReply([write('w.txt', 'ZEBRA')], { text: 'First.' }),
    toolUseReply([callOf('Read', { file_path: 'w.txt' }), ask], { text: 'Then.' }),
    toolUseReply([callOf('Read', { file_path: 'w.txt' })], { text: 'Last.' }),
    textReply('Done.'),
  );
  const turn = { conversation: 'mixed', tools: [weather], messages: [say('Go.')] } satisfies Partial<Turn>;
  const first = await agents.ask(turn);
  expect(first.text).toBe('First.\n\nThen.');
  expect(first.end.reason).toBe('tool_use');
  expect(first.message.content).toMatchObject([
    { type: 'text', text: 'First.' },
    { type: 'text', text: '\n\nThen.' },
    { type: 'tool_use', id: ask.id },
  ]);
  expect(first.results.map(({ tool }) => tool)).toEqual(['Write', 'Read']);
  expect(withoutBlocks(first.events).filter(({ type }) => type === 'call')).toMatchObject([{ id: ask.id, name: 'get_weather' }]);
  const shown = agents.mock.messages()[0]?.body.tools?.find(({ name }) => name === 'get_weather');
  expect(shown).toMatchObject({ description: weather.description, input_schema: weather.inputSchema });
  const process = lastProcess();
  const second = await agents.ask({ ...turn, messages: [...turn.messages, first.message, answered(ask.id, '3 degrees')] });
  expect(second.text).toBe('Last.\n\nDone.');
  expect(second.end.reason).toBe('end_turn');
  expect(lastProcess()).toBe(process);
  expect(lastMessages()).toContain('3 degrees');
  // The agent's own call after the caller's is held back until that has its result.
  const later = callOf('get_weather', { city: 'Oslo' });
  agents.mock.reply(toolUseReply([later, write('after.txt', 'ZEBRA')]), textReply('Done.'));
  const on = [...turn.messages, first.message, answered(ask.id, '3 degrees'), second.message, say('Again.')];
  const third = await agents.ask({ ...turn, messages: on });
  expect(third.end.reason).toBe('tool_use');
  expect(third.results).toEqual([]);
  const fourth = await agents.ask({ ...turn, messages: [...on, third.message, answered(later.id, '4 degrees')] });
  expect(lastProcess()).toBe(process);
  expect(fourth.text).toBe('Done.');
  expect(withoutBlocks(fourth.events).map(({ type }) => type)).toEqual(['turn-start', 'activity-end', 'text-delta', 'usage', 'turn-end']);
  // Rebuilt, it holds all of it.
  const history = [...on, third.message, answered(later.id, '4 degrees'), fourth.message, say('And?')];
  await agents.ask({ ...turn, system: [{ type: 'text', text: 'New.' }], messages: history });
  expect(lastProcess()).not.toBe(process);
  const roles = agents.mock
    .messages()
    .at(-1)
    ?.body.messages.filter(({ role }) => role !== 'system');
  expect(roles?.map(({ role }) => role).join(' ')).toBe('user assistant '.repeat(6) + 'user');
  await agents.runner.forget?.('tenant', 'mixed');
});

test.each([
  { profile: 'limited', limit: 'max_turns' },
  { profile: 'thrifty', limit: 'max_budget' },
])('$profile: the limit ends the turn, and is no error', async ({ profile, limit }) => {
  const calls = [1, 2, 3].map((index) => [callOf('Bash', { command: `echo ${index}` })]);
  scriptSteps(agents.mock, ...calls);
  const turn = { profile, conversation: profile, messages: [say('Go.')] };
  const first = await agents.ask(turn);
  expect(first.end).toMatchObject({ reason: 'max_tokens', limit });
  expect(first.text).toMatch(/^Step 1\./);
  agents.mock.reset();
  const second = await agents.ask({ ...turn, messages: [...turn.messages, first.message, say('Again.')] });
  expect(second).toMatchObject({ text: 'Hello world', end: { reason: 'end_turn' } });
  expect(lastMessages()).toContain('"name":"Bash"');
  await agents.runner.forget?.('tenant', profile);
});

test("system prompts: the caller's and the profile's, alone or after Claude Code's own", async () => {
  const system = async (profile: string): Promise<string> => {
    await agents.ask({ profile, system: [{ type: 'text', text: 'Of the caller.' }], messages: [say('Hi.')] });
    return JSON.stringify(agents.mock.messages().at(-1)?.body.system);
  };
  const [terse, told] = [await system('terse'), await system('told')];
  for (const prompt of [terse, told]) expect(prompt).toContain(String.raw`Of the caller.\n\nOf the operator.`);
  expect(told.length).toBeGreaterThan(terse.length + 1000);
});

test('a fixed directory is that of all conversations; a file in it is found', async () => {
  await writeFile(join(root, 'fixed', 'shared.txt'), 'ZEBRA');
  for (const conversation of ['a', 'b']) {
    scriptSteps(agents.mock, [callOf('Read', { file_path: 'shared.txt' })]);
    const { results } = await agents.ask({ profile: 'fixed', conversation, messages: [say('Read.')] });
    expect(results[0]?.result).toContain('ZEBRA');
  }
});

test('a turn that names no profile is a pure model, whatever came before; one of an unknown profile is refused', async () => {
  const turn: Turn = {
    model: 'claude-sonnet-5-5',
    system: [],
    messages: [say('Hi.')],
    tools: [],
    sampling: {},
    thinking: { type: 'off' },
    tenant: 't',
  };
  for await (const event of agents.runner.run(turn, new AbortController().signal)) expect(event.type).not.toBe('activity-start');
  expect(agents.mock.messages().at(-1)?.body).toMatchObject({ tools: [], messages: [{ role: 'user' }] });
  await expect(agents.ask({ profile: 'nobody', messages: [say('Hi.')] })).rejects.toMatchObject({ status: 400, code: 'profile_not_found' });
  await expect(agents.ask({ profile: 'constructor', messages: [say('Hi.')] })).rejects.toMatchObject({ status: 400 });
});

test('to skip permissions as root is refused', () => {
  vi.spyOn(process, 'getuid').mockReturnValue(0);
  onTestFinished(() => void vi.restoreAllMocks());
  const profiles = { all: agentProfileOf({ permissionMode: 'bypassPermissions' }) };
  expect(() => createCliRunner({ cli: newestCli, logger: silentLogger, processes: { minIdle: 0 }, profiles })).toThrow(
    /can not be used as root/,
  );
});

test('a caller who leaves ends the process and the command that runs', async () => {
  const pidFile = join(root, 'pid');
  rmSync(pidFile, { force: true });
  const script = `require('fs').writeFileSync('${pidFile}', String(process.pid)); setInterval(() => {}, 1000)`;
  scriptSteps(agents.mock, [callOf('Bash', { command: `node -e "${script}"` })]);
  const controller = new AbortController();
  const turn: Turn = {
    ...{ model: 'claude-sonnet-5-5', system: [], tools: [], sampling: {}, thinking: { type: 'off' }, tenant: 'tenant' },
    ...{ profile: 'agent', conversation: 'left', messages: [say('Sleep.')] },
  };
  const left = (async () => {
    for await (const event of agents.runner.run(turn, controller.signal)) if (event.type === 'turn-end') throw new Error('It ended.');
  })();
  await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '', 'the command to run');
  const pid = Number(readFileSync(pidFile, 'utf8'));
  expect(isAlive(pid)).toBe(true);
  controller.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  await until(() => !isAlive(pid), 'the command to end');
  await agents.runner.forget?.('tenant', 'left');
});
