import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startMockAnthropic, textReply } from './index.ts';
import type { MockAnthropic } from './index.ts';

const packageFile = createRequire(import.meta.url).resolve('claude-code-minimum/package.json');
const claudeFile = join(dirname(packageFile), 'bin', 'claude.exe');

let mock: MockAnthropic;
let home: string;
beforeEach(async () => {
  mock = await startMockAnthropic();
  home = await mkdtemp(join(tmpdir(), 'mock-anthropic-'));
});
afterEach(async () => {
  await mock.close();
  await rm(home, { recursive: true, force: true });
});

test('the real CLI gets its answer from the mock', { timeout: 60_000 }, async () => {
  const usage = { input_tokens: 21, cache_read_input_tokens: 4, output_tokens: 7 };
  mock.replyWith(() => textReply(['Good', ' day'], { usage }));
  const running = promisify(execFile)(claudeFile, ['-p', '--bare', '--output-format', 'json', 'hi'], {
    cwd: home,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      ANTHROPIC_API_KEY: 'sk-ant-dummy',
      ANTHROPIC_BASE_URL: mock.url,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    },
    timeout: 50_000,
  });
  running.child.stdin?.end();
  const result: unknown = JSON.parse((await running).stdout);
  expect(result).toMatchObject({ type: 'result', is_error: false, result: 'Good day', stop_reason: 'end_turn', usage });
  const [message] = mock.messages();
  expect(message?.headers['x-api-key']).toBe('sk-ant-dummy');
  expect(message?.body.stream).toBe(true);
  // The CLI may append a system message of its own.
  const said = message?.body.messages.filter(({ role }) => role === 'user');
  expect(said).toMatchObject([{ content: [{ type: 'text', text: 'hi' }] }]);
  expect(message).not.toHaveProperty('closedEarlyAt');
});
