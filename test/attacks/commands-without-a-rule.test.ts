import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { textReply, toolUseReply } from '@claude-code-api/mock-anthropic';
import { agentProfileOf } from '../support/servers/agent-profile-of.ts';
import { isLong } from '../endurance/is-long.ts';
import { minimumCli, newestCli } from '../support/cli/cli-versions.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { callOf, say, scriptSteps, startAgents, type Agents } from '../support/servers/start-agents.ts';
import { startTestServer } from '../support/servers/start-test-server.ts';
import { subscriptionLogin } from '../support/cli/subscription-login.ts';
import { until } from '../support/until.ts';

const secret = 'ZEBRA-SECRET';
const modes = ['default', 'acceptEdits', 'plan', 'dontAsk'] as const;
/** Between them they let pass by themselves what the others do. */
const widest = ['default', 'acceptEdits'] as const;

/** What Claude Code lets pass by itself, in some mode or other. */
const commands = [
  ...['ps -ef', 'pgrep -af node', 'ss -tlnp', 'docker inspect x', 'docker ps', 'env', 'printenv', 'id', 'uname -a', 'hostname', 'date'],
  ...[
    'du -sh .',
    'test -f a.txt',
    '[ -f a.txt ]',
    '[[ -f a.txt ]]',
    'stat a.txt',
    'file a.txt',
    'ls -la',
    'pwd',
    'tree',
    'cd .',
    'which node',
  ],
  ...[
    'cat a.txt',
    'cat conf*/local.toml',
    'head a.txt',
    'tail a.txt',
    'wc a.txt',
    'sort a.txt',
    'grep -r ZEBRA .',
    'rg ZEBRA',
    'find . -type f',
  ],
  ...[
    'find . -exec cat {} +',
    'sed -n 1p a.txt',
    'awk 1 a.txt',
    'jq . a.txt',
    'base64 a.txt',
    'xargs cat < a.txt',
    'echo hello',
    'printf x',
    'true',
  ],
  ...[
    'git status',
    'git log',
    'git diff',
    'git -c core.pager=cat log',
    'git config --list',
    'git grep ZEBRA',
    'man ls',
    'sleep 0',
    'history',
  ],
  ...['mkdir made', 'touch made', 'rm a.txt', 'cp a.txt made', 'mv a.txt made', 'sed -i s/a/b/ a.txt'],
  ...[
    'make all; cat a.txt',
    'make all && ps -ef',
    'make all | cat',
    'make all & ps -ef',
    'make all\nps -ef',
    'make "$(cat a.txt)"',
    'make all < a.txt',
  ],
  ...[
    'make all `cat a.txt`',
    '(make all; cat a.txt)',
    'X=1 make all',
    'timeout 5 cat a.txt',
    'nice cat a.txt',
    'time cat a.txt',
    'make all <(cat a.txt)',
  ],
];

/** What Bash runs of variables, in lines of commands that a rule names. */
const hidden = [
  "git log ${x:='$(cat a.txt)'} ${x@P}",
  "for x in 'a[$(cat a.txt >&2)]'; do git log $((x)); done",
  "for x in 'a[$(cat a.txt >&2)]'; do git log $[x]; done",
  "for x in 'a[$(cat a.txt >&2)]'; do git log ${HOME:x}; done",
  "for x in 'a[$(cat a.txt >&2)]'; do git log ${!x}; done",
  "for GIT_EDITOR in 'cat a.txt >&2; true'; do git config --edit; done",
  'git log > /dev/tcp/127.0.0.1/1',
  'git log > /tmp/made-by-a-redirection',
];

let root: string;
let work: string;

beforeAll(async () => {
  root = await makeTemporaryDirectory();
  work = join(root, 'work');
  await mkdir(join(work, 'config'), { recursive: true });
  await writeFile(join(work, 'a.txt'), `${secret}\n`);
  await writeFile(join(work, 'config', 'local.toml'), `${secret}\n`);
  await writeFile(join(work, 'Makefile'), 'all:\n\t@echo it is made\n');
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe.each([
  ['newest', newestCli],
  ['oldest', minimumCli],
])('with the %s CLI', (_, cli) => {
  let agents: Agents;
  beforeAll(async () => {
    const profile = agentProfileOf({ tools: ['Bash', 'Read', 'Task'], workingDirectory: work, allow: ['Bash(make all)'] });
    agents = await startAgents({
      cli,
      environment: { HOME: root },
      profiles: {
        ...Object.fromEntries(modes.map((permissionMode) => [permissionMode, { ...profile, permissionMode }])),
        wide: { ...profile, allow: ['Bash(git *)'] },
      },
    });
  });
  afterAll(() => agents.close());
  beforeEach(() => agents.mock.reset());

  test.each(cli === newestCli || isLong ? modes : widest)(
    'in the mode %s no command runs that no rule names, while what one names does',
    async (profile) => {
      const calls = commands.map((command) => callOf('Bash', { command }));
      const named = ['make all', 'make all 2>&1', 'make all >/dev/null 2>&1', 'make all; make all'];
      const behind = callOf('Bash', { command: 'cat a.txt; sleep 1', run_in_background: true });
      // Of a plan nothing is made.
      const allowed = profile === 'plan' ? [] : named.map((command) => callOf('Bash', { command }));
      scriptSteps(agents.mock, calls.slice(0, 40), calls.slice(40), [behind], ...(allowed.length > 0 ? [allowed] : []));
      const { results } = await agents.ask({ profile, messages: [say('Go.')] });
      expect(results).toHaveLength(commands.length + 1 + allowed.length);
      expect(commands.filter((_command, index) => results[index]?.denied !== true)).toEqual([]);
      expect(results[commands.length]).toMatchObject({ denied: true });
      const made = results.slice(commands.length + 1);
      expect(made.map(({ denied }) => denied)).toEqual(allowed.map(() => false));
      if (allowed.length > 0) expect(made[0]?.result).toContain('it is made');
      expect(JSON.stringify([results, agents.mock.messages().map(({ body }) => body.messages)])).not.toContain(secret);
      expect(existsSync(join(work, 'made'))).toBe(false);
    },
  );

  test('no rule for some commands lets others run by what variables hold', async () => {
    const calls = hidden.map((command) => callOf('Bash', { command }));
    scriptSteps(agents.mock, calls);
    const { results } = await agents.ask({ profile: 'wide', messages: [say('Go round.')] });
    expect(results.map(({ denied }) => denied)).toEqual(hidden.map(() => true));
    expect(JSON.stringify([results, agents.mock.messages().map(({ body }) => body.messages)])).not.toContain(secret);
  });

  test('commands of a subagent need a rule like any other', async () => {
    const before = agents.log.filter((line) => line.includes('a tool was not permitted')).length;
    agents.mock.replyWith(({ body }) => {
      const heard = JSON.stringify(body.messages);
      if (heard.includes('tool_result')) return textReply('Done.');
      if (heard.includes('the mark of the subagent')) return toolUseReply([callOf('Bash', { command: 'cat a.txt' })]);
      return toolUseReply([callOf('Task', { description: 'x', prompt: 'the mark of the subagent', subagent_type: 'general-purpose' })]);
    });
    await agents.ask({ profile: 'default', messages: [say('Have it done.')] });
    const denials = (): number => agents.log.filter((line) => line.includes('a tool was not permitted')).length;
    await until(
      () => denials() > before,
      () => 'the denial',
      30_000,
    );
    expect(JSON.stringify(agents.mock.messages().map(({ body }) => body.messages))).not.toContain(secret);
  });
});

test('no command runs in requests that name no profile', async () => {
  const server = await startTestServer({
    settings: { 'file_access.tools': '["Read", "Bash", "Edit"]', 'file_access.additional_dirs': JSON.stringify([work]) },
    runner: { minIdle: 0, maxIdle: 0 },
  });
  try {
    for (const stream of [false, true]) {
      server.mock.reply(
        toolUseReply(
          ['ps -ef', `cat ${work}/a.txt`, `grep -r ZEBRA ${work}`, `cd ${work} && ls`].map((command) => callOf('Bash', { command })),
        ),
        textReply('Done.'),
      );
      const response = await server.chat({ model: 'sonnet', messages: [{ role: 'user', content: 'Go' }], activity: 'events', stream });
      const text = await response.text();
      expect(response.status, text).toBe(200);
      expect(text.match(/"status":"denied"/g)).toHaveLength(4);
      expect(text + JSON.stringify(server.mock.messages().map(({ body }) => body.messages))).not.toContain(secret);
    }
  } finally {
    await server.close();
  }
});

test('rules of the user’s own settings file count where a profile reads it; those in a working directory never do', async () => {
  const home = join(root, 'home');
  const rules = (...allow: string[]): string => JSON.stringify({ permissions: { allow } });
  for (const place of [home, work]) await mkdir(join(place, '.claude'), { recursive: true });
  await writeFile(join(home, '.claude', 'settings.json'), rules('Bash(make all)'));
  await writeFile(join(work, '.claude', 'settings.json'), rules('Bash(cat *)'));
  const profile = agentProfileOf({ tools: ['Bash'], workingDirectory: work });
  const agents = await startAgents({
    environment: subscriptionLogin(home),
    profiles: { reading: { ...profile, settingSources: ['user', 'project', 'local'] }, other: profile },
  });
  try {
    for (const name of ['reading', 'other']) {
      agents.mock.reset();
      scriptSteps(agents.mock, [callOf('Bash', { command: 'make all' }), callOf('Bash', { command: 'cat a.txt' })]);
      const { results } = await agents.ask({ profile: name, messages: [say(name)] });
      expect(results.map(({ denied }) => denied)).toEqual([name === 'other', true]);
    }
  } finally {
    await agents.close();
    await rm(join(work, '.claude'), { recursive: true });
  }
});
