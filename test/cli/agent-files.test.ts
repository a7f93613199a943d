import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { agentProfileOf } from '../support/servers/agent-profile-of.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { callOf, resultsOf, say, scriptSteps, startAgents, type Agents } from '../support/servers/start-agents.ts';

const tools = ['Read', 'Write', 'Edit', 'Bash', 'Grep', 'Glob', 'WebFetch'];
const secret = 'ZEBRA-SECRET';
let root: string;
let work: string;
let outside: string;
let agents: Agents;

beforeAll(async () => {
  root = await makeTemporaryDirectory();
  work = join(root, 'work');
  outside = join(root, 'outside');
  await Promise.all([work, outside, join(root, 'more'), join(work, 'private (own)')].map((path) => mkdir(path, { recursive: true })));
  await writeFile(join(work, 'a.txt'), 'inside\n');
  await writeFile(join(root, 'more', 'm.txt'), 'more\n');
  await writeFile(join(outside, 'b.txt'), `${secret}\n`);
  await writeFile(join(work, 'private (own)', 'k.txt'), `${secret}\n`);
  await writeFile(join(work, 'key[1].txt'), `${secret}\n`);
  await symlink(join(outside, 'b.txt'), join(work, 'link.txt'));
  await symlink(outside, join(work, 'dir'));
  const shared = {
    workingDirectory: work,
    additionalDirectories: [join(root, 'more')],
  };
  // A profile with a shell in whose directories something is protected does not start.
  const guarded = {
    ...shared,
    tools: tools.filter((tool) => tool !== 'Bash'),
    protectedPaths: [join(work, 'private (own)'), join(work, 'key[1].txt')],
  };
  agents = await startAgents({
    profiles: {
      reader: agentProfileOf({ ...shared, tools }),
      writer: agentProfileOf({ ...shared, tools, permissionMode: 'acceptEdits', allow: ['Bash(touch *)'], deny: ['Bash(touch no*)'] }),
      silent: agentProfileOf({ ...shared, tools, permissionMode: 'dontAsk' }),
      guarded: agentProfileOf(guarded),
      'guarded writer': agentProfileOf({ ...guarded, permissionMode: 'acceptEdits' }),
      'guarded silent': agentProfileOf({ ...guarded, permissionMode: 'dontAsk' }),
    },
  });
});
afterAll(async () => {
  await agents.close();
  await rm(root, { recursive: true, force: true });
});
beforeEach(() => agents.mock.reset());

test('a turn of many steps: text, activities, results, usage, cost and the steps', async () => {
  const call = callOf('Read', { file_path: join(work, 'a.txt') });
  scriptSteps(agents.mock, [call], [callOf('Glob', { pattern: '*.txt' })]);
  const { events, text, results, end, message } = await agents.ask({ profile: 'reader', messages: [say('Look around.')] });
  expect(text).toBe('Step 1.\n\nStep 2.\n\nDone.');
  expect(events[0]).toMatchObject({ type: 'turn-start' });
  expect(events.filter(({ type }) => type === 'turn-start')).toHaveLength(1);
  expect(events).toContainEqual({ type: 'activity-start', id: call.id, name: 'Read', input: call.input });
  expect(results).toMatchObject([
    { tool: 'Read', result: expect.stringContaining('inside') as string, isError: false, denied: false },
    { tool: 'Glob', result: expect.stringContaining('a.txt') as string, isError: false, denied: false },
  ]);
  expect(events.find(({ type }) => type === 'usage')).toMatchObject({
    usage: { inputTokens: 30, outputTokens: 15 },
    costUsd: expect.closeTo(0.00021, 8) as number,
  });
  expect(end.reason).toBe('end_turn');
  expect(message.content).toEqual(['Step 1.', '\n\nStep 2.', '\n\nDone.'].map((each) => ({ type: 'text', text: each })));
  expect(end.steps?.map(({ role, content }) => [role, ...content.map(({ type }) => type)])).toEqual([
    ['assistant', 'text', 'tool_use'],
    ['user', 'tool_result'],
    ['assistant', 'text', 'tool_use'],
    ['user', 'tool_result'],
    ['assistant', 'text'],
  ]);
});

test.each(['reader', 'writer', 'silent'])('%s: what is outside, or linked to outside, can not be read', async (profile) => {
  // Calls of files take one step together; a command takes one of its own, since what fails ends the others of its step.
  const fileCalls = [
    callOf('Read', { file_path: join(outside, 'b.txt') }),
    callOf('Read', { file_path: `${work}/../outside/b.txt` }),
    callOf('Read', { file_path: '../outside/b.txt' }),
    callOf('Read', { file_path: join(work, 'link.txt') }),
    callOf('Read', { file_path: join(work, 'dir', 'b.txt') }),
    callOf('Read', { file_path: '/proc/self/environ' }),
    callOf('Read', { file_path: '/proc/self/root/etc/passwd' }),
    callOf('Read', { file_path: `/proc/self/cwd/../outside/b.txt` }),
    callOf('Grep', { pattern: 'ZEBRA', path: outside, output_mode: 'content' }),
    callOf('Grep', { pattern: 'ZEBRA', path: join(work, 'dir'), output_mode: 'content' }),
    callOf('Glob', { pattern: '*', path: join(work, 'dir') }),
    callOf('Glob', { pattern: `${outside}/*` }),
  ];
  const commands = [
    callOf('Bash', { command: 'cat link.txt' }),
    callOf('Bash', { command: `cat ${outside}/b.txt` }),
    callOf('Bash', { command: 'cat "private (own)/k.txt"' }),
    callOf('Bash', { command: 'echo $ANTHROPIC_API_KEY' }),
    callOf('Bash', { command: 'env' }),
    callOf('Bash', { command: 'cat /proc/self/environ' }),
  ];
  const calls = [...fileCalls, ...commands];
  scriptSteps(agents.mock, fileCalls, ...commands.map((call) => [call]));
  const asked = await agents.ask({ profile, messages: [say(`Read it all, ${profile}.`)] });
  const results = resultsOf(asked, calls);
  expect(asked.results).toHaveLength(calls.length);
  const ran = results.flatMap(({ isError, result }, index) => (isError ? [] : [{ call: calls[index], result }]));
  expect(ran.filter(({ result }) => !/No files found/.test(result))).toEqual([]);
  const everything = JSON.stringify([results, agents.mock.messages().map(({ body }) => body.messages)]);
  expect(everything).not.toContain(secret);
  expect(everything).not.toContain('sk-ant-test-key');
});

test.each(['guarded', 'guarded writer', 'guarded silent'])('%s: what is protected can not be read, found or changed', async (profile) => {
  const calls = [
    callOf('Read', { file_path: join(work, 'private (own)', 'k.txt') }),
    callOf('Read', { file_path: join(work, 'key[1].txt') }),
    callOf('Grep', { pattern: 'ZEBRA', path: join(work, 'private (own)'), output_mode: 'content' }),
    callOf('Write', { file_path: join(work, 'private (own)', 'made.txt'), content: 'x' }),
  ];
  const search = callOf('Grep', { pattern: 'ZEBRA|inside', output_mode: 'content' });
  scriptSteps(agents.mock, [...calls, search]);
  const asked = await agents.ask({ profile, messages: [say(`Read what is kept, ${profile}.`)] });
  const results = resultsOf(asked, calls);
  expect(asked.results).toHaveLength(calls.length + 1);
  expect(results.filter(({ isError, result }) => !isError && !/No (files|matches) found/.test(result))).toEqual([]);
  // A search through everything leaves out what is protected or linked to outside.
  expect(resultsOf(asked, [search])[0]?.result).toContain('inside');
  expect(JSON.stringify([asked.results, agents.mock.messages().map(({ body }) => body.messages)])).not.toContain(secret);
  expect(await readdir(join(work, 'private (own)'))).toEqual(['k.txt']);
});

test('without a rule nothing is written, and the model hears why', async () => {
  const calls = [
    callOf('Write', { file_path: join(work, 'new.txt'), content: 'x' }),
    callOf('Bash', { command: 'touch new.txt' }),
    callOf('Read', { file_path: join(work, 'a.txt') }),
    callOf('Edit', { file_path: join(work, 'a.txt'), old_string: 'inside', new_string: 'changed' }),
    callOf('WebFetch', { url: 'https://example.com/', prompt: 'What is it?' }),
  ];
  scriptSteps(agents.mock, calls.slice(0, 1), calls.slice(1, 2), calls.slice(2));
  const before = agents.log.length;
  const results = resultsOf(await agents.ask({ profile: 'reader', messages: [say('Write it.')] }), calls);
  expect(results.map(({ denied }) => denied)).toEqual([true, true, false, true, true]);
  expect(results[0]?.result).toBe('Changing this file is not permitted on this server.');
  expect(results[1]?.result).toMatch(/^This command is not permitted on this server/);
  expect(existsSync(join(work, 'new.txt'))).toBe(false);
  expect(await readFile(join(work, 'a.txt'), 'utf8')).toBe('inside\n');
  const denials = agents.log.slice(before).filter((line) => line.includes('a tool was not permitted'));
  expect(denials).toHaveLength(4);
  expect(denials.map((line) => JSON.parse(line) as object)).toEqual(
    expect.arrayContaining(
      ['Write', 'Bash', 'Edit', 'WebFetch'].map((tool) => expect.objectContaining({ profile: 'reader', tool }) as object),
    ),
  );
  const { details } = await agents.runner.health();
  expect(details).toMatchObject({ profiles: { reader: { denials: expect.any(Number) as number }, silent: {} } });
});

test('what is allowed is written, and nothing else', async () => {
  const files = [
    callOf('Write', { file_path: join(work, 'made.txt'), content: 'made' }),
    callOf('Write', { file_path: join(root, 'more', 'made.txt'), content: 'made' }),
    callOf('Write', { file_path: join(outside, 'made.txt'), content: 'x' }),
    callOf('Write', { file_path: join(work, 'dir', 'made.txt'), content: 'x' }),
  ];
  const commands = [
    'touch touched.txt',
    'touch not.txt',
    `touch ${outside}/t.txt`,
    'curl http://127.0.0.1:1/',
    'cp "private (own)/k.txt" copy.txt',
    'mv "private (own)" copy',
    'rm "private (own)/k.txt"',
    `ln -s ${outside}/b.txt new-link.txt`,
    'cp -r . ../more/copy',
  ].map((command) => callOf('Bash', { command }));
  scriptSteps(agents.mock, files, ...commands.map((call) => [call]));
  const asked = await agents.ask({ profile: 'writer', messages: [say('Write it all.')] });
  const failed = (calls: typeof files): boolean[] => resultsOf(asked, calls).map(({ isError }) => isError);
  expect(failed(files)).toEqual([false, false, true, true]);
  expect(failed(commands)).toEqual([false, ...Array<boolean>(8).fill(true)]);
  expect(await readdir(work)).toEqual(['a.txt', 'dir', 'key[1].txt', 'link.txt', 'made.txt', 'private (own)', 'touched.txt']);
  expect(await readdir(outside)).toEqual(['b.txt']);
  expect(await readdir(join(work, 'private (own)'))).toEqual(['k.txt']);
  expect(await readFile(join(root, 'more', 'made.txt'), 'utf8')).toBe('made');
});
