import { readdirSync, readFileSync } from 'node:fs';
import { createGateway, createMemoryQuotaStore, type GatewayOptions } from '@claude-code-api/gateway';
import { turnTimedOut } from '@claude-code-api/gateway/runner-kit';
import { createMemoryConversationStore, createMemoryResponseStore, createScriptedRunner } from '@claude-code-api/gateway/testing';
import type { Stores } from '@claude-code-api/gateway/stores';
import { expect, test } from 'vitest';
import { listSettings } from '../config/list-settings.ts';
import { parseSettings } from '../config/load-settings.ts';
import { resolveProfiles } from '../profiles/resolve-profiles.ts';
import { toGatewayOptions } from './to-gateway-options.ts';

const storage: Stores = {
  conversations: createMemoryConversationStore(),
  responses: createMemoryResponseStore(),
  secret: async () => 'secret',
  sharing: 'single',
  cache: { get: async () => undefined, set: async () => {} },
  quotas: createMemoryQuotaStore(),
  close: async () => {},
};
const settings = parseSettings({ server: { max_body_bytes: 2000 } });
const profiles = resolveProfiles(settings, { environment: {} });
const options = toGatewayOptions(settings, { profiles, fetcher: undefined, storage });

async function ask(content: unknown, more: { headers?: object; stream?: boolean; options?: Partial<GatewayOptions> } = {}) {
  const runner = createScriptedRunner({
    script: () => {
      throw turnTimedOut(5000);
    },
  });
  const body = JSON.stringify({ model: 'sonnet', stream: more.stream, messages: [{ role: 'user', content }] });
  const headers = { host: 'localhost', 'content-type': 'application/json', ...more.headers };
  const app = createGateway({ ...options, ...more.options, runner });
  const response = await app.request('/v1/chat/completions', { method: 'POST', headers, body });
  return response.text();
}

const picture = [{ type: 'image_url', image_url: { url: '/etc/passwd' } }];
const refusals: Record<string, () => Promise<string>> = {
  'server.max_body_bytes': () => ask('x'.repeat(3000)),
  'server.allowed_hosts': () => ask('hello', { headers: { host: 'elsewhere.example' } }),
  'server.cors_origins': () => ask('hello', { headers: { origin: 'https://elsewhere.example' } }),
  'file_access.additional_dirs': () => ask(picture),
  'claude.timeout_seconds': () => ask('hello'),
};

test.each(Object.entries(refusals))('%s is named by what it would have allowed, once', async (setting, refused) => {
  expect((await refused()).split(`(${setting}).`)).toHaveLength(2);
});

test('a stream that fails says it too', async () => {
  expect(await ask('hello', { stream: true })).toContain('(claude.timeout_seconds).');
});

test('without the names, the gateway names no setting', async () => {
  expect(await ask('x'.repeat(3000), { options: { optionNames: {} } })).toContain('2000 bytes that this server takes."');
});

test('nothing in the gateway names a setting, in texts or elsewhere', () => {
  const folder = new URL('../../../gateway/src/', import.meta.url);
  const names = listSettings().map(({ key }) => key);
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    const text = readFileSync(new URL(file, folder), 'utf8');
    // Of these, and no others, the docstring of `optionNames` has an example.
    const named = names.filter((name) => text.includes(name) && name !== 'server.max_body_bytes' && /_/.test(name));
    expect(named, file).toEqual([]);
  }
});
