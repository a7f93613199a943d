import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadSettings } from '../config/load-settings.ts';
import { SettingsError } from '../config/settings-error.ts';
import { createCallerOf } from './create-caller-of.ts';
import { createKey } from './create-key.ts';
import { keyText } from './key-text.ts';

test('keys have 256 bits, go into any header, and are never the same', () => {
  const keys = Array.from({ length: 1000 }, createKey);
  for (const key of keys) expect(key).toMatch(/^ccapi_[A-Za-z0-9_-]{43}$/);
  expect(new Set(keys).size).toBe(1000);
});

test('the text tells the key once, and settings with which it is good', () => {
  const text = keyText('alice', 'my.toml');
  const [key = ''] = /ccapi_\S+/.exec(text) ?? [];
  expect(text.split(key)).toHaveLength(2);
  expect(text).toContain('my.toml');
  const directory = mkdtempSync(join(tmpdir(), 'key-text-'));
  try {
    const file = join(directory, 'settings.toml');
    writeFileSync(file, /^\[[^]*?^hash.*$/m.exec(text)?.[0] ?? '');
    const callerOf = createCallerOf(loadSettings({ file, environment: {}, flags: {} }).server.api_keys);
    expect(callerOf?.(new Request('http://a', { headers: { 'x-api-key': key } }))).toMatchObject({ tenant: 'alice' });
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('without a file, that of the server’s default is named', () => {
  expect(keyText('alice', undefined)).toContain('config/local.toml');
});

test.each(['', 'a b', 'a.b', 'ä', '__proto__', 'a'.repeat(65)])('%j is no name', (name) => {
  expect(() => keyText(name, undefined)).toThrow(SettingsError);
});
