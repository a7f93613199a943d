import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { agentProfileOf } from '../support/servers/agent-profile-of.ts';
import { childProcesses } from '../support/cli/child-processes.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { callOf, say, scriptSteps, startAgents, type Agents } from '../support/servers/start-agents.ts';
import { subscriptionLogin } from '../support/cli/subscription-login.ts';
import { until } from '../support/until.ts';

/** Long enough to be saved, with a mark that the text of the command does not hold. */
const printing = `node -e "for (let i = 0; i < 20000; i += 1) console.log('ZEB' + 'RA-' + i)"`;
const mark = 'ZEBRA-19999';
let root: string;

beforeAll(async () => {
  root = await makeTemporaryDirectory();
  for (const name of ['fixed', 'home', 'config']) await mkdir(join(root, name));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Where the CLIs of this process have files: the private places of its runners, and their home. */
function filesWithMark(): string[] {
  const places = readdirSync(tmpdir()).filter((name) => name.startsWith(`claude-code-api-${process.pid}-`));
  return [...places.map((name) => join(tmpdir(), name)), join(root, 'home'), join(root, 'config')]
    .flatMap((place) => filesIn(place))
    .filter(hasMark);
}

function filesIn(place: string): string[] {
  try {
    return readdirSync(place, { recursive: true, encoding: 'utf8' }).map((name) => join(place, name));
  } catch {
    return [];
  }
}

function hasMark(file: string): boolean {
  try {
    return statSync(file).isFile() && readFileSync(file, 'utf8').includes(mark);
  } catch {
    return false;
  }
}

describe.each<[string, () => Record<string, string>]>([
  ['a key', () => ({ HOME: join(root, 'home') })],
  [
    'a subscription’s login in a place of its own',
    () => ({ ...subscriptionLogin(join(root, 'home')), CLAUDE_CONFIG_DIR: join(root, 'config') }),
  ],
])('with %s', (_, environment) => {
  let agents: Agents;
  beforeAll(async () => {
    const agent = agentProfileOf({ tools: ['Bash', 'Read', 'Grep', 'Glob'], allow: ['Bash(node *)'] });
    agents = await startAgents({
      environment: environment(),
      profiles: { agent, fixed: { ...agent, workingDirectory: join(root, 'fixed') } },
    });
  });
  afterAll(() => agents.close());
  beforeEach(() => agents.mock.reset());

  async function print(
    profile: string,
    conversation: string,
  ): Promise<{ file: string; message: Awaited<ReturnType<Agents['ask']>>['message'] }> {
    scriptSteps(agents.mock, [callOf('Bash', { command: printing })]);
    const { results, message } = await agents.ask({ profile, conversation, messages: [say('Print.')] });
    const [, file = ''] = /saved to: (\S+)/.exec(results[0]?.result ?? '') ?? [];
    expect(file).toMatch(/tool-results/);
    return { file, message };
  }

  test.each(['agent', 'fixed'])(
    '%s: an agent reads the long output that was saved for it, no other does, and nothing is left of it behind a killed CLI',
    async (profile) => {
      const { file, message } = await print(profile, `${profile}-own`);
      scriptSteps(agents.mock, [callOf('Read', { file_path: file, offset: 19_990, limit: 11 })]);
      const own = await agents.ask({ profile, conversation: `${profile}-own`, messages: [say('Print.'), message, say('Read.')] });
      expect(own.results).toMatchObject([{ isError: false, result: expect.stringContaining(mark) }]);
      const around = join(file, '..', '..', '..', '..');
      const reads = [
        callOf('Read', { file_path: file, offset: 19_990, limit: 11 }),
        callOf('Grep', { pattern: 'ZEBRA', path: around, output_mode: 'content' }),
        callOf('Read', { file_path: join(around, '..', '.claude.json') }),
      ];
      scriptSteps(agents.mock, ...reads.map((call) => [call]));
      const other = await agents.ask({ profile, conversation: `${profile}-other`, messages: [say('Read it.')] });
      expect(JSON.stringify(other.results)).not.toContain('ZEBRA-');
      expect(other.results.map(({ isError, result }) => isError || /No (files|matches) found/.test(result))).toEqual([true, true, true]);

      // Nothing of it is left, either, when its CLI was killed.
      expect(filesWithMark()).not.toEqual([]);
      // None waits for another conversation: the runner was told so.
      const running = childProcesses(process.pid);
      expect(running).toHaveLength(2);
      for (const { pid } of running) process.kill(pid, 'SIGKILL');
      for (const name of ['own', 'other']) await agents.runner.forget?.('tenant', `${profile}-${name}`);
      await until(
        () => filesWithMark().length === 0,
        () => `nothing to be left of ${filesWithMark().join(', ')}`,
        30_000,
      );
    },
  );
});
