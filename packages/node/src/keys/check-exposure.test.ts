import { expect, test } from 'vitest';
import { loadSettings } from '../config/load-settings.ts';
import { SettingsError } from '../config/settings-error.ts';
import { checkExposure } from './check-exposure.ts';

const keys = JSON.stringify({ alice: { hash: `sha256:${'0a'.repeat(32)}` } });
const check = (flags: Readonly<Record<string, string>>) => (): void => checkExposure(loadSettings({ environment: {}, flags }));

test.each<[string, Record<string, string>]>([
  ['by default', {}],
  ['on localhost', { 'server.host': 'localhost' }],
  ['on another loopback address', { 'server.host': '127.9.9.9' }],
  ['on all addresses, with a key', { 'server.host': '0.0.0.0', 'server.api_keys': keys }],
  ['on all addresses, where that is meant', { 'server.host': '::', 'server.allow_unauthenticated': 'true' }],
])('a server may listen %s', (_, flags) => {
  expect(check(flags)).not.toThrow();
});

test.each(['0.0.0.0', '::', '192.168.1.2', 'example.com'])('on %s it needs a key, and all ways out are told', (host) => {
  const exposed = check({ 'server.host': host });
  expect(exposed).toThrow(SettingsError);
  for (const part of [`'${host}'`, '127.0.0.1', 'claude-code-api create-key NAME', 'server.allow_unauthenticated'])
    expect(exposed).toThrow(part);
});
