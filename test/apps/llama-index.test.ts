import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { installPython, problemWithPython } from '../support/programs/install-python.ts';
import { startPython } from '../support/programs/start-python.ts';
import { startClientServer } from '../support/servers/start-client-server.ts';

// 370 MB, most of it for clouds, and 40 s to install.
test('LlamaIndex, by OpenAILike and by Anthropic', { timeout: 900_000 }, async () => {
  expect(problemWithPython()).toBeUndefined();
  const requirements = fileURLToPath(new URL('../clients/python/requirements-llama-index.txt', import.meta.url));
  const python = await installPython('python-llama-index', requirements);
  const server = await startClientServer();
  const interpreter = startPython(python, server);
  try {
    await interpreter.runScript('llama_index_client');
  } finally {
    await interpreter.close();
    await server.close();
  }
});
