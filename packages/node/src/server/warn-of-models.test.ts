import type { LogFields, Logger } from '@claude-code-api/gateway';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { expect, test } from 'vitest';
import { parseSettings } from '../config/load-settings.ts';
import { warnOfAliases } from './warn-of-models.ts';

async function warnings(aliases: Readonly<Record<string, string>>, models?: []): Promise<LogFields[]> {
  const told: LogFields[] = [];
  const logger: Logger = { debug() {}, info() {}, warn: (fields) => void told.push(fields), error() {} };
  await warnOfAliases(parseSettings({ models: { aliases } }), createScriptedRunner(models && { models }), logger);
  return told;
}

test('says which aliases name nothing that is known', async () => {
  expect(await warnings({ '*': 'sonet', 'gpt-4o': 'sonnet', a: 'claude-sonnet-5-5', b: 'claude-new-9', c: 'gpt-5' })).toEqual([
    { aliases: ['* = sonet', 'c = gpt-5'] },
  ]);
});

test('says nothing where all is known, or nothing can be', async () => {
  expect(await warnings({})).toEqual([]);
  expect(await warnings({ '*': 'sonnet' })).toEqual([]);
  expect(await warnings({ '*': 'own' }, [])).toEqual([]);
});
