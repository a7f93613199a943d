import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { docPages, snippetsOf } from '../support/docs/doc-pages.ts';
import { scriptConversation } from '../support/chat/script-conversation.ts';
import { installPython, problemWithPython } from '../support/programs/install-python.ts';
import { runPython } from '../support/programs/run-python.ts';
import { startClientServer } from '../support/servers/start-client-server.ts';
import type { TestServer } from '../support/servers/start-test-server.ts';

const run = promisify(execFile);
const requirements = (name: string): string => fileURLToPath(new URL(`python/${name}.txt`, import.meta.url));
const problem = problemWithPython();
const pythonPages = docPages.filter((page) => snippetsOf(page).some(({ language }) => language === 'python'));

if (problem !== undefined && !process.env['CI']) {
  console.warn(`The Python clients are left out: ${problem}`);
  test('the Python clients are left out: this machine has no python3 >= 3.10 with venv', () => {});
} else {
  describe('Python', () => {
    // The scripts ask for so much that CLIs would take most of their time. The programs of the pages have one.
    let server: TestServer;
    let withCli: TestServer;
    let python: string;
    beforeAll(async () => {
      if (problem !== undefined) throw new Error(`CI runs the Python clients, but ${problem}`);
      python = await installPython('python-clients', requirements('requirements'));
      [server, withCli] = await Promise.all([startClientServer({ cli: 'none' }), startClientServer()]);
    }, 600_000);
    beforeEach(() => {
      server.mock.reset();
      server.mock.replyWith(scriptConversation);
    });
    afterAll(async () => {
      await server?.close();
      await withCli?.close();
    });

    test('openai', () => runPython(python, 'openai_client', server), 180_000);
    test('openai, openai-agents and pydantic-ai: responses', () => runPython(python, 'openai_responses_client', server), 180_000);
    test('langchain-openai', () => runPython(python, 'langchain_client', server), 180_000);
    test('instructor', () => runPython(python, 'instructor_client', server), 180_000);
    test('anthropic, langchain-anthropic', () => runPython(python, 'anthropic_client', server), 180_000);
    test.each(pythonPages)('the program of %s', async (page) => {
      const [code = ''] = snippetsOf(page).flatMap(({ language, code: text }) => (language === 'python' ? [text] : []));
      const program = code.replaceAll('http://127.0.0.1:8080', withCli.url);
      expect(program).toContain(withCli.url);
      const { stdout } = await run(python, ['-c', program], { env: { ...process.env, NO_PROXY: '127.0.0.1' }, timeout: 60_000 });
      expect(stdout.trim() !== '').toBe(program.includes('print('));
    });
    test('pydantic-ai', () => runPython(python, 'pydantic_ai_client', server), 180_000);
    // It wants a newer major version of the openai package than the others bear.
    test('llm', async () => runPython(await installPython('python-llm', requirements('requirements-llm')), 'llm_client', server), 600_000);
  });
}
