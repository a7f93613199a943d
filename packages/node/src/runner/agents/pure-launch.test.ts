import { expect, test } from 'vitest';
import { pureArguments } from './pure-launch.ts';

test.each(['key', 'cloud', 'subscription'] as const)(
  'starts a pure model (%s): no tools, settings, servers or files of the machine',
  (login) => {
    const given = pureArguments(login);
    const valueOf = (flag: string) => given[given.indexOf(flag) + 1];
    expect(valueOf('--tools')).toBe('');
    expect(valueOf('--setting-sources')).toBe('');
    expect(valueOf('--permission-mode')).toBe('dontAsk');
    expect(given).toEqual(expect.arrayContaining(['--strict-mcp-config', '--no-session-persistence', '--disable-slash-commands']));
    expect(given.join(' ')).not.toMatch(/skip-permissions|bypassPermissions/);
  },
);

test('everything among the arguments is known beforehand: no prompt, no model, no system prompt', () => {
  expect(pureArguments('key')).toEqual(pureArguments('key'));
  for (const argument of pureArguments('subscription', [], '/private/history.jsonl')) {
    expect(argument).toMatch(/^(--[a-zA-Z-]+|stream-json|dontAsk|mcp__client|\/private\/history\.jsonl|)$/);
  }
  expect(pureArguments('subscription').join(' ')).not.toMatch(/--(model|system-prompt|append-system-prompt)/);
});

test('--bare but with a subscription: it never reads that', () => {
  expect(pureArguments('key')).toContain('--bare');
  expect(pureArguments('cloud')).toContain('--bare');
  expect(pureArguments('subscription')).not.toContain('--bare');
});

test('resumes only where there is something to resume', () => {
  expect(pureArguments('subscription')).not.toContain('--resume');
  expect(pureArguments('subscription', [], 'file').slice(-2)).toEqual(['--resume', 'file']);
});
