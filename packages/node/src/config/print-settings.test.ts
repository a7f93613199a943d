import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listSettings } from './list-settings.ts';
import { loadSettings } from './load-settings.ts';
import { printSettings } from './print-settings.ts';
import type { Settings } from './settings-schema.ts';

test('what is printed is a settings file with the same settings', () => {
  const given = {
    'server.port': '9',
    'models.aliases': '{"gpt-4o": "sonnet", "a b.c": "opus"}',
    'server.cors_origins': '["*"]',
    'claude.command': 'C:\\claude "x"',
  };
  const settings = loadSettings({ environment: {}, flags: given });
  const directory = mkdtempSync(join(tmpdir(), 'print-settings-'));
  try {
    const file = join(directory, 'settings.toml');
    writeFileSync(file, printSettings(settings));
    expect(loadSettings({ file, environment: {}, flags: {} })).toEqual(settings);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('every secret is masked, and nothing else', () => {
  const settings: Record<string, Record<string, unknown>> = {};
  for (const { key } of listSettings()) {
    const [section = '', name = ''] = key.split('.');
    (settings[section] ??= {})[name] = `value of ${key}`;
  }
  const printed = printSettings(settings as unknown as Settings);
  for (const { key, secret } of listSettings()) {
    expect(printed.includes(`value of ${key}"`), `setting ${key}`).toBe(!secret);
  }
  expect(printed.split('********')).toHaveLength(listSettings().filter(({ secret }) => secret).length + 1);
});
