import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { toBlocks } from '../chat/last-messages.ts';
import { pixel } from '../chat/pictures.ts';
import type { TestServer } from '../servers/start-test-server.ts';

const run = promisify(execFile);
const scripts = fileURLToPath(new URL('../../clients/python/', import.meta.url));

/** Runs a script of `clients/python` against a server; among all that it asks there must be a picture and the result of a tool. */
export async function runPython(python: string, name: string, server: TestServer): Promise<void> {
  const proxies = { NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' };
  const env = {
    ...process.env,
    ...proxies,
    GATEWAY_URL: server.url,
    // What is imported is compiled once, and beside the repository.
    PYTHONPYCACHEPREFIX: join(dirname(python), 'compiled'),
    PYTHONWARNINGS: 'ignore',
  };
  await run(python, [`${name}.py`], { cwd: scripts, env, timeout: 150_000 }).catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`${name}.py failed:\n${error.stdout}\n${error.stderr}`);
  });
  const blocks = server.mock.messages().flatMap(({ body }) => toBlocks(body.messages.at(-1)));
  expect(blocks).toContainEqual(
    expect.objectContaining({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } }),
  );
  expect(blocks).toContainEqual(expect.objectContaining({ type: 'tool_result', content: expect.anything() }));
}
