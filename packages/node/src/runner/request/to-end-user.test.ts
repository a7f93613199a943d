import { expect, test } from 'vitest';
import { toEndUser } from './turn-for-cli.ts';

/** As the CLI sends it, with the longest of what it says beside. */
const toUserId = (user: string): string =>
  JSON.stringify({
    end_user: toEndUser(user),
    device_id: 'd'.repeat(64),
    account_uuid: 'a'.repeat(36),
    session_id: 's'.repeat(36),
  });

test.each(['alice', 'user-0123456789-abcdef', 'u'.repeat(48), 'Ünïcödé 👩‍👩‍👧', '@alice', 'a @ b'])('%s is told as it is', (user) => {
  expect(toEndUser(user)).toBe(user);
});

test.each([
  'alice@example.com',
  'Alice <alice@example.com>',
  'tenant/ä@ö.example',
  'u'.repeat(49),
  '"'.repeat(30),
  'x'.repeat(100_000),
  '\u0000'.repeat(10),
])('what the API does not take is told by its hash, the same every time (%#)', (user) => {
  expect(toEndUser(user)).toMatch(/^[0-9a-f]{32}$/);
  expect(toEndUser(user)).toBe(toEndUser(user));
  expect(toEndUser(`${user}x`)).not.toBe(toEndUser(user));
});

test.each(['u'.repeat(48), '"'.repeat(24), 'ä'.repeat(48), 'x'.repeat(5000), '\\'.repeat(20)])('the API takes all of it (%#)', (user) => {
  expect(toUserId(user).length).toBeLessThanOrEqual(256);
});
