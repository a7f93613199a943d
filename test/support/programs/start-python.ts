import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { toBlocks } from '../chat/last-messages.ts';
import { pixel } from '../chat/pictures.ts';
import type { TestServer } from '../servers/start-test-server.ts';

const scripts = fileURLToPath(new URL('../../clients/python/', import.meta.url));
const timeoutMs = 150_000;

/** An interpreter that runs one program after another, with what those before have imported. */
export interface PythonInterpreter {
  /**
   * @param path Of the program.
   * @returns What it has printed.
   * @throws {Error} With that, when it failed or took more than 150 s.
   */
  run(path: string): Promise<string>;
  /** Runs a script of `clients/python`; among all that it asks of the server there must be a picture and the result of a tool. */
  runScript(name: string): Promise<void>;
  close(): Promise<void>;
}

export function startPython(python: string, server: TestServer): PythonInterpreter {
  const env = {
    ...process.env,
    ...{ NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
    GATEWAY_URL: server.url,
    // What is imported is compiled once, and beside the repository.
    PYTHONPYCACHEPREFIX: join(dirname(python), 'compiled'),
    PYTHONWARNINGS: 'ignore',
  };
  const start = () => {
    const child = spawn(python, ['run_programs.py'], { cwd: scripts, env, stdio: ['pipe', 'pipe', 'inherit'] });
    // That it is gone is told by its output.
    child.stdin.on('error', () => {});
    return { child, ended: once(child, 'exit'), lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  };
  let running: ReturnType<typeof start> | undefined;

  async function run(path: string): Promise<string> {
    running ??= start();
    const { child, lines } = running;
    child.stdin.write(`${path}\n`);
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    const { value, done } = await lines.next();
    clearTimeout(timer);
    if (done === true) {
      // The next program gets another one.
      running = undefined;
      throw new Error(`The interpreter ended, or took more than ${timeoutMs} ms, in ${path}`);
    }
    const { failed, output } = JSON.parse(value) as { readonly failed: boolean; readonly output: string };
    if (failed) throw new Error(`${path} failed:\n${output}`);
    return output;
  }

  return {
    run,
    async runScript(name) {
      await run(join(scripts, `${name}.py`));
      const blocks = server.mock.messages().flatMap(({ body }) => toBlocks(body.messages.at(-1)));
      expect(blocks).toContainEqual(
        expect.objectContaining({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } }),
      );
      expect(blocks).toContainEqual(expect.objectContaining({ type: 'tool_result', content: expect.anything() }));
    },
    async close() {
      running?.child.stdin.end();
      await running?.ended;
    },
  };
}
