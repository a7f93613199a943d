import { expect, test } from 'vitest';
import { loadSettings } from '../config/load-settings.ts';
import { isPure } from './is-pure.ts';
import { resolveProfiles } from './resolve-profiles.ts';

function purity(profile: object): boolean[] {
  const settings = loadSettings({ environment: {}, flags: { 'profiles.a': JSON.stringify(profile) } });
  return Object.values(resolveProfiles(settings, { environment: {} }).profiles).map(isPure);
}

test.each([{}, { effort: 'high' }, { allow: ['Read'] }, { additional_dirs: ['.'] }, { permission_mode: 'acceptEdits' }])(
  '%j adds nothing',
  (profile) => {
    expect(purity(profile)).toEqual([true]);
  },
);

test.each([
  { tools: ['Read'] },
  { mcp_servers: { a: { command: 'x' } } },
  { system_prompt: 'claude_code' },
  { append_system_prompt: 'x' },
  { setting_sources: ['user'] },
  { max_turns: 1 },
  { max_budget_usd: 1 },
])('%j is more than the model', (profile) => {
  expect(purity(profile)).toEqual([false]);
});
