import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openapiDocument } from '@claude-code-api/gateway/openapi';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, test } from 'vitest';
import { makeKeys } from '../support/servers/make-keys.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';

const file = fileURLToPath(new URL('../../docs/openapi.json', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../../packages/node/package.json', import.meta.url), 'utf8')) as { version: string };
const written = `${JSON.stringify(openapiDocument({ version }), null, 1)}\n`;

test('docs/openapi.json is what the code makes; UPDATE_OPENAPI=1 writes it', () => {
  if (process.env['UPDATE_OPENAPI']) writeFileSync(file, written);
  else expect(readFileSync(file, 'utf8') === written, 'UPDATE_OPENAPI=1 npx vitest run test/openapi writes it').toBe(true);
});

test('it is valid, and leaves out nothing that is recommended', async () => {
  const config = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({ source: written, absoluteRef: file, config });
  expect(problems.map(({ ruleId, message, location: [at] }) => `${ruleId} at ${at?.pointer}: ${message}`)).toEqual([]);
});

test('a server gives it to anyone, under the names that it may be called by', async () => {
  const { settings } = makeKeys({ alice: {} });
  const server = await startScriptedTestServer(settings);
  try {
    const response = await fetch(`${server.url}/openapi.json`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await response.json()).toEqual(JSON.parse(written));
    expect((await fetch(`${server.url}/openapi.json`, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
  } finally {
    await server.close();
  }
});
