import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toBlocks } from '../support/chat/last-messages.ts';
import { pixel } from '../support/chat/pixel.ts';
import { docPages, snippetsOf } from '../support/doc-pages.ts';
import { scriptConversation } from '../support/chat/script-conversation.ts';
import { startClientServer } from '../support/servers/start-client-server.ts';
import type { TestServer } from '../support/servers/start-test-server.ts';

const run = promisify(execFile);
const scripts = fileURLToPath(new URL('python/', import.meta.url));
const environment = fileURLToPath(new URL('../../node_modules/.cache/python-clients/', import.meta.url));
const python = join(environment, 'bin', 'python');
const problem = problemWithPython();
const pythonPages = docPages.filter((page) => snippetsOf(page).some(({ language }) => language === 'python'));

if (problem !== undefined && !process.env['CI']) {
  console.warn(`The Python clients are left out: ${problem}`);
  test('the Python clients are left out: this machine has no python3 >= 3.10 with venv', () => {});
} else {
  describe('Python', () => {
    let server: TestServer;
    beforeAll(async () => {
      if (problem !== undefined) throw new Error(`CI runs the Python clients, but ${problem}`);
      await installClients();
      server = await startClientServer();
    }, 600_000);
    beforeEach(() => {
      server.mock.reset();
      server.mock.replyWith(scriptConversation);
    });
    afterAll(() => server?.close());

    async function runScript(name: string): Promise<void> {
      const proxies = { NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' };
      const env = { ...process.env, ...proxies, GATEWAY_URL: server.url, PYTHONDONTWRITEBYTECODE: '1', PYTHONWARNINGS: 'ignore' };
      await run(python, [`${name}.py`], { cwd: scripts, env, timeout: 150_000 }).catch((error: { stdout: string; stderr: string }) => {
        throw new Error(`${name}.py failed:\n${error.stdout}\n${error.stderr}`);
      });
      const blocks = server.mock.messages().flatMap(({ body }) => toBlocks(body.messages.at(-1)));
      expect(blocks).toContainEqual(
        expect.objectContaining({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } }),
      );
      expect(blocks).toContainEqual(expect.objectContaining({ type: 'tool_result', content: expect.anything() }));
    }

    test('openai', () => runScript('openai_client'), 180_000);
    test('openai, openai-agents and pydantic-ai: responses', () => runScript('openai_responses_client'), 180_000);
    test('langchain-openai', () => runScript('langchain_client'), 180_000);
    test('instructor', () => runScript('instructor_client'), 180_000);
    test('anthropic, langchain-anthropic', () => runScript('anthropic_client'), 180_000);
    test.each(pythonPages)('the program of %s', async (page) => {
      const [code = ''] = snippetsOf(page).flatMap(({ language, code: text }) => (language === 'python' ? [text] : []));
      const program = code.replaceAll('http://127.0.0.1:8080', server.url);
      expect(program).toContain(server.url);
      const { stdout } = await run(python, ['-c', program], { env: { ...process.env, NO_PROXY: '127.0.0.1' }, timeout: 60_000 });
      expect(stdout.trim() !== '').toBe(program.includes('print('));
    });
    test('pydantic-ai', () => runScript('pydantic_ai_client'), 180_000);
  });
}

/** Why the clients can't be run; undefined when they can. */
function problemWithPython(): string | undefined {
  try {
    const code = 'import ensurepip, sys, venv; sys.exit(0 if sys.version_info >= (3, 10) else 3)';
    execFileSync('python3', ['-c', code], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'there is no python3 >= 3.10 with venv on this machine.';
  }
}

/** Installs what requirements.txt names in a virtual environment of its own; one that has just that is used again. */
async function installClients(): Promise<void> {
  const wanted = await readFile(join(scripts, 'requirements.txt'), 'utf8');
  const stamp = join(environment, 'installed-requirements.txt');
  if (existsSync(stamp) && existsSync(python) && (await readFile(stamp, 'utf8')) === wanted) return;
  await rm(environment, { recursive: true, force: true });
  await mkdir(environment, { recursive: true });
  await run('python3', ['-m', 'venv', environment]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', join(scripts, 'requirements.txt')];
  await run(python, pip, { timeout: 540_000 });
  await writeFile(stamp, wanted);
}
