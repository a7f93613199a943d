import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { makeTemporaryDirectory } from '../make-temporary-directory.ts';
import { newestCli } from './cli-versions.ts';
import { mockEnvironment } from './mock-environment.ts';

export interface CliReckoning {
  /** What the CLI itself says that a turn cost, in US dollars. */
  costOf(model: string): Promise<number>;
  close(): Promise<void>;
}

interface Line {
  readonly type?: string;
  readonly total_cost_usd?: number;
}

const formats = ['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'];

/** What keeps it from asking by itself, and from asking for other models; it is told of prompts that are not there, which it must not shorten. */
const switches = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  CLAUDE_CODE_DISABLE_LEGACY_MODEL_REMAP: '1',
  DISABLE_COMPACT: '1',
  CLAUDE_CODE_BLOCKING_LIMIT_OVERRIDE: '100000000',
};

/** One process of the CLI, with nothing of ours around it, which is asked for one model after another: a start takes ten times the CPU of a turn. */
export async function startCliReckoning(mockUrl: string): Promise<CliReckoning> {
  const home = await makeTemporaryDirectory();
  const cli = spawn(newestCli.path, ['--print', ...formats, '--bare', '--tools', '', '--no-session-persistence'], {
    cwd: home,
    env: { ...mockEnvironment(mockUrl), HOME: home, ...switches },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exited = once(cli, 'exit');
  const lines = createInterface({ input: cli.stdout })[Symbol.asyncIterator]();
  const write = (line: object): void => void cli.stdin.write(`${JSON.stringify(line)}\n`);
  let total = 0;

  async function read(type: string): Promise<Line> {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`The CLI has ended without a line of type ${type}.`);
      const line = JSON.parse(value) as Line;
      if (line.type === type) return line;
    }
  }

  return {
    async costOf(model) {
      write({ type: 'control_request', request_id: model, request: { subtype: 'apply_flag_settings', settings: { model } } });
      await read('control_response');
      write({ type: 'user', message: { role: 'user', content: [{ type: 'text', text: 'hi' }] }, parent_tool_use_id: null, session_id: '' });
      const before = total;
      total = (await read('result')).total_cost_usd ?? before;
      return total - before;
    },
    async close() {
      cli.kill('SIGKILL');
      await exited;
      await rm(home, { recursive: true, force: true });
    },
  };
}
