import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { textReply, toolUseReply } from '@claude-code-api/mock-anthropic';
import { agentProfileOf } from '../support/servers/agent-profile-of.ts';
import { childProcesses } from '../support/cli/child-processes.ts';
import { minimumCli, newestCli } from '../support/cli/cli-versions.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { callOf, say, scriptSteps, startAgents, type Agents } from '../support/servers/start-agents.ts';
import { until } from '../support/until.ts';

interface Command {
  readonly command: string;
  readonly dangerouslyDisableSandbox?: boolean;
}

const secret = 'ZEBRA-SECRET';
const listedPlaces = [homedir(), '/home', '/srv', '/opt', '/var', '/run', '/mnt', '/sys', '/tmp', process.cwd()].filter((path) =>
  existsSync(path),
);
let root: string;
let work: string;
let more: string;
let outside: string;
let server: Server;
let port: number;
let requests = 0;

beforeAll(async () => {
  root = await makeTemporaryDirectory();
  [work, more, outside] = [join(root, 'work'), join(root, 'more'), join(root, 'outside')];
  await Promise.all([work, more, outside, join(root, 'home')].map((path) => mkdir(path, { recursive: true })));
  await writeFile(join(work, 'a.txt'), 'inside\n');
  await writeFile(join(more, 'm.txt'), 'more\n');
  await writeFile(join(outside, 'secret.txt'), `${secret}\n`);
  server = createServer((_request, response) => {
    requests += 1;
    response.end(secret);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(async () => {
  server.close();
  await rm(root, { recursive: true, force: true });
});

describe.each([
  ['newest', newestCli],
  ['oldest', minimumCli],
])('with the %s CLI', (_, cli) => {
  let agents: Agents;
  /** What each attack's commands said: all are run in one turn, one attack after another. */
  let said: Record<keyof ReturnType<typeof attacks>, string[]>;
  /** What the commands of another conversation said, after those. */
  let fresh: string[];
  beforeAll(async () => {
    const profile = agentProfileOf({ tools: ['Bash', 'Read'], allow: ['Bash'], sandbox: { network: [] } });
    const fixed = { ...profile, workingDirectory: work, additionalDirectories: [more] };
    agents = await startAgents({
      cli,
      environment: { HOME: join(root, 'home'), AWS_SECRET_ACCESS_KEY: secret, ANTHROPIC_CUSTOM_HEADERS: `x-secret: ${secret}` },
      profiles: { fixed, fresh: profile, named: { ...fixed, sandbox: { network: ['example.invalid'] } } },
    });
    const tried = attacks(agents.mock.url.replace('http://', ''));
    const all = await run('fixed', Object.values(tried));
    said = Object.fromEntries(Object.keys(tried).map((name, index) => [name, all[index] ?? []])) as typeof said;
    [fresh = []] = await run('fresh', [
      ['echo own > own.txt; ls', 'cat $TMPDIR/left.txt /tmp/left.txt; find /tmp -name left.txt'].map((command) => ({ command })),
    ]);
  });
  afterAll(() => agents.close());
  beforeEach(() => agents.mock.reset());

  /** Has the commands of all attacks run in a turn of their own; what each said. */
  async function run(profile: string, tried: readonly (readonly Command[])[]): Promise<string[][]> {
    agents.mock.reset();
    // One a step: several might end in another order.
    scriptSteps(agents.mock, ...tried.flat().map((command) => [callOf('Bash', { ...command })]));
    const { results } = await agents.ask({ profile, conversation: profile, messages: [say('Go.')] });
    expect(results).toHaveLength(tried.flat().length);
    const left = results.map(({ result }) => result);
    return tried.map((commands) => left.splice(0, commands.length));
  }

  test('a command works in its own directories', () => {
    expect(said.work[0]).toMatch(/^inside\nmore\nnew\n42\ngit version/);
    expect(readFileSync(join(work, 'new.txt'), 'utf8')).toBe('new\n');
    expect(fresh[0]).toContain('own.txt');
  });

  test('nothing outside of them is read or written', () => {
    expect(said.outside.join('\n')).not.toContain(secret);
    expect(said.outside.join('\n')).not.toContain('root:');
    expect(readdirSync(outside)).toEqual(['secret.txt']);
    for (const path of [join(root, 'new.txt'), `/tmp/escaped-${process.pid}`, '/usr/escaped']) expect(existsSync(path)).toBe(false);
  });

  test('what is there is not listed either', () => {
    // On the way to its own directories there are their names.
    const ownWay = /^claude-code-api-/;
    const parts = said.listing.join('').split('== ').slice(1);
    expect(parts).toHaveLength(listedPlaces.length);
    for (const part of parts) {
      const [place = '', ...listed] = part.trim().split('\n');
      const names = new Set(listed);
      expect([place, readdirSync(place).filter((name) => names.has(name) && !ownWay.test(name))]).toEqual([place, []]);
    }
  });

  test('no variable of the server’s is in its environment, or in that of any process that it sees', () => {
    expect(said.variables[0]).toContain('PATH=');
    for (const text of said.variables) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain('sk-ant-test-key');
      expect(text).not.toMatch(/ANTHROPIC_|AWS_|CLAUDE_CONFIG_DIR|CLAUDE_CODE_EXTRA_BODY|CLAUDE_CODE_MESSAGING/);
    }
  });

  test('no other process is seen', () => {
    const [lines, count, signal] = said.processes;
    expect(lines).not.toContain('vitest');
    expect(lines).not.toContain('stream-json');
    expect(Number(count)).toBeLessThan(20);
    expect(signal).toMatch(/No such process/);
  });

  test('no network is reached, not even this machine’s, and nobody is asked about it', async () => {
    const command = `curl -sS -m 3 http://127.0.0.1:${port}/; curl -sS -m 3 -p -x "$HTTP_PROXY" http://localhost:${port}/; true`;
    await run('named', [[{ command }]]);
    expect(requests).toBe(0);
    expect(said.network).toHaveLength(4);
    expect(said.network.join('\n')).not.toContain(secret);
  });

  test('it can not be left: not by asking for it, not by settings, not by a file that runs later', () => {
    expect(said.leaving.join('\n')).not.toContain(secret);
    expect(existsSync(join(work, '.claude', 'settings.json'))).toBe(false);
    expect(existsSync(join(work, '.bashrc'))).toBe(false);
  });

  test('conversations do not see the files of each other, temporary ones neither', () => {
    expect(said.temporary).toHaveLength(1);
    expect(fresh[1]).not.toContain(secret);
    expect(fresh[1]).not.toMatch(/^\/tmp.*left\.txt$/m);
  });

  test('a command ends with its CLI, however that ends', async () => {
    const mark = `mark-${Math.random()}`;
    const command = `node -e "setInterval(() => {}, 1e6) // ${mark}"`;
    const isRunning = (): boolean => [...commandLines().values()].some((line) => line.includes(mark) && !line.includes('stream-json'));
    agents.mock.reset();
    agents.mock.replyWith(({ body }) =>
      JSON.stringify(body.messages).includes('tool_result')
        ? textReply('Done.')
        : toolUseReply([callOf('Bash', { command, timeout: 60_000 })]),
    );
    const turn = agents.ask({ profile: 'fresh', messages: [say('Sleep.')] }).catch(() => {});
    await until(isRunning, 'the command');
    for (const { pid } of childProcesses(process.pid)) process.kill(pid, 'SIGKILL');
    await turn;
    await until(() => !isRunning(), 'the end of the command');
  });
});

/** In its own directories and out of them, by what is tried. */
function attacks(mock: string) {
  const commands = (...all: string[]): Command[] => all.map((command) => ({ command }));
  return {
    work: commands('cat a.txt && cat ../more/m.txt && echo new > new.txt && cat new.txt && node -e "console.log(6 * 7)" && git --version'),
    outside: commands(
      `cat ${outside}/secret.txt; cat ../outside/secret.txt; cat /proc/1/root${outside}/secret.txt; ln -s ${outside} link; cat link/secret.txt; rm -f link`,
      `grep -rs ZEBRA ${root} /tmp /etc /root /home 2>/dev/null; find / -name secret.txt -path '*outside*' 2>/dev/null; true`,
      `echo x > ${outside}/new.txt; echo x > ${root}/new.txt; echo x > /tmp/escaped-${process.pid}; echo x > /usr/escaped; true`,
      'cat /etc/passwd /etc/shadow',
    ),
    listing: commands(listedPlaces.map((place) => `echo '== ${place}'; ls -A ${place}`).join('; ')),
    variables: commands('env', 'cat /proc/*/environ | tr "\\0" "\\n"', 'node -e "console.log(process.env)"'),
    processes: commands('cat /proc/[0-9]*/cmdline | tr "\\0" " "', 'ls /proc | grep -c "^[0-9]"', `kill -0 ${process.pid}`),
    network: commands(
      `curl -sS -m 3 http://127.0.0.1:${port}/; curl -sS -m 3 --noproxy '*' http://127.0.0.1:${port}/; curl -sS -m 3 http://localhost:${port}/; true`,
      `curl -sS -m 3 -x "$HTTP_PROXY" http://127.0.0.1:${port}/; curl -sS -m 3 -p -x "$HTTP_PROXY" http://127.0.0.1:${port}/; true`,
      `exec 3<>/dev/tcp/127.0.0.1/${port}; echo hello >&3`,
      `curl -sS -m 3 http://${mock}/; curl -sS -m 3 http://169.254.169.254/; true`,
    ),
    leaving: [
      { command: `cat ${outside}/secret.txt`, dangerouslyDisableSandbox: true },
      ...commands(`mkdir -p .claude; echo '{"sandbox":{"enabled":false}}' > .claude/settings.json; echo 'env' > .bashrc; true`),
    ],
    temporary: commands(`echo ${secret} > $TMPDIR/left.txt; echo ${secret} > /tmp/left.txt; true`),
  };
}

/** Of every process of this machine that can be read, by its id. */
function commandLines(): Map<number, string> {
  const ids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return new Map(ids.map((id) => [id, readCommandLine(id)]));
}

function readCommandLine(id: number): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
