/** What waiting requests hold, of bodies and of files that they name, is bounded for all of them together. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createScriptedRunner, textScript } from '@claude-code-api/gateway/testing';
import type { RunningServer } from '@claude-code-api/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makePng } from '../support/chat/pictures.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';
import { until } from '../support/until.ts';

let directory: string;
let server: RunningServer;
let begun = 0;
let goOn = (): void => {};
beforeEach(async () => {
  directory = await makeTemporaryDirectory();
  // It is a picture all the same, of 600,000 bytes and more.
  await writeFile(join(directory, 'a.png'), Buffer.concat([Buffer.from(makePng(1, 1), 'base64'), Buffer.alloc(600_000)]));
  const gate = new Promise<void>((resolve) => void (goOn = resolve));
  begun = 0;
  const runner = createScriptedRunner({
    async *script(turn, signal) {
      begun += 1;
      await gate;
      yield* textScript(['ok'])(turn, signal);
    },
  });
  const settings = { 'server.max_body_bytes': '1000000', 'server.max_held_body_bytes': '1500000' };
  const directories = { 'file_access.additional_dirs': JSON.stringify([directory]), 'file_access.tools': '[]' };
  server = await startScriptedTestServer({ ...settings, ...directories }, { runner });
});
afterEach(async () => {
  goOn();
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

function ask(content: unknown): Promise<Response> {
  return fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', store: false, messages: [{ role: 'user', content }] }),
  });
}

test.each<[string, () => unknown]>([
  ['a body', () => 'x'.repeat(900_000)],
  ['a file that is named', () => [{ type: 'image_url', image_url: { url: join(directory, 'a.png') } }]],
])('%s that does not fit in is a 503 with a time, and is served when there is room again', async (_, contentOf) => {
  const first = ask(contentOf());
  await until(() => begun === 1, 'the first turn');
  const refused = await ask(contentOf());
  expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true]);
  expect(await refused.json()).toMatchObject({ error: { code: 'server_overloaded' } });
  // Who brings little is served beside it.
  const small = ask('hi');
  await until(() => begun === 2, 'the small turn');
  goOn();
  expect([(await first).status, (await small).status]).toEqual([200, 200]);
  expect((await ask(contentOf())).status).toBe(200);
});
