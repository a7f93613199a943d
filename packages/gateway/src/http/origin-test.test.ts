import { expect, test } from 'vitest';
import { originTest } from './origin-test.ts';

test.each([
  ['https://chat.example.org/', 'https://chat.example.org', true],
  ['https://Chat.Example.org', 'https://chat.example.org', true],
  ['https://chat.example.org:443', 'https://chat.example.org', true],
  ['http://localhost:80', 'http://localhost', true],
  ['http://localhost:*', 'http://localhost:3000', true],
  ['http://localhost:*', 'http://localhost', true],
  ['http://localhost:*', 'https://localhost:3000', false],
  ['http://localhost:*', 'http://localhost.example.org:3000', false],
  ['http://localhost:*', 'http://notlocalhost:3000', false],
  ['http://[::1]:*', 'http://[::1]:5173', true],
  ['https://*.example.org', 'https://a.b.example.org', true],
  ['https://*.example.org', 'https://example.org', false],
  ['https://*.example.org', 'https://badexample.org', false],
  ['https://*.example.org', 'http://a.example.org', false],
  ['https://*.example.org:*', 'https://a.example.org:8443', true],
  ['https://chat.example.org', 'https://chat.example.org:8443', false],
  ['chrome-extension://abcdefgh', 'chrome-extension://abcdefgh', true],
  ['app://obsidian.md', 'app://obsidian.md', true],
  ['null', 'null', true],
  ['*', 'https://whatever.example', true],
])('%s and the origin %s: %s', (pattern, origin, matches) => {
  expect(originTest([pattern])(origin)).toBe(matches);
  expect(originTest(['https://other.example', pattern])(origin)).toBe(matches);
});

test.each([
  '',
  'example.org',
  'localhost:3000',
  'https://',
  'https://example.org/path',
  'https://exa mple.org',
  'https://a.*.org',
  'http://*',
  '*.example.org',
])('no origin could match %j', (pattern) => {
  expect(() => originTest([pattern])).toThrow(/is no origin\. Write it as/);
});
