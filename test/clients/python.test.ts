import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { docPages, snippetsOf } from '../support/docs/doc-pages.ts';
import { scriptConversation } from '../support/chat/script-conversation.ts';
import { installPython, problemWithPython } from '../support/programs/install-python.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startPython, type PythonInterpreter } from '../support/programs/start-python.ts';
import { startClientServer } from '../support/servers/start-client-server.ts';
import type { TestServer } from '../support/servers/start-test-server.ts';

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
    let interpreter: PythonInterpreter | undefined;
    let directory: string;
    beforeAll(async () => {
      if (problem !== undefined) throw new Error(`CI runs the Python clients, but ${problem}`);
      python = await installPython('python-clients', requirements('requirements'));
      [server, withCli, directory] = await Promise.all([startClientServer({ cli: 'none' }), startClientServer(), makeTemporaryDirectory()]);
      interpreter = startPython(python, server);
    }, 600_000);
    beforeEach(() => {
      server.mock.reset();
      server.mock.replyWith(scriptConversation);
    });
    afterAll(async () => {
      await interpreter?.close();
      await server?.close();
      await withCli?.close();
      await rm(directory, { recursive: true, force: true });
    });

    test.each([
      ['openai', 'openai_client'],
      ['openai, openai-agents and pydantic-ai: responses', 'openai_responses_client'],
      ['langchain-openai', 'langchain_client'],
      ['instructor', 'instructor_client'],
      ['anthropic, langchain-anthropic', 'anthropic_client'],
      ['pydantic-ai', 'pydantic_ai_client'],
    ])('%s', (_, name) => interpreter?.runScript(name), 180_000);

    test.each(pythonPages)(
      'the program of %s',
      async (page) => {
        const [code = ''] = snippetsOf(page).flatMap(({ language, code: text }) => (language === 'python' ? [text] : []));
        const program = code.replaceAll('http://127.0.0.1:8080', withCli.url);
        expect(program).toContain(withCli.url);
        const path = join(directory, 'program.py');
        await writeFile(path, program);
        const output = await interpreter?.run(path);
        expect(output?.trim() !== '').toBe(program.includes('print('));
      },
      180_000,
    );

    // It wants a newer major version of the openai package than the others bear.
    test('llm', { timeout: 600_000 }, async () => {
      const other = startPython(await installPython('python-llm', requirements('requirements-llm')), server);
      try {
        await other.runScript('llm_client');
      } finally {
        await other.close();
      }
    });
  });
}
