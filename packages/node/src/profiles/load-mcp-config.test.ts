import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SettingsError } from '../config/settings-error.ts';
import { loadMcpConfig } from './load-mcp-config.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'load-mcp-config-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function load(text: string) {
  const file = join(directory, 'mcp.json');
  writeFileSync(file, text);
  return loadMcpConfig(file);
}

test('reads the file of the original’s README', () => {
  const filesystem = { command: 'npx', args: ['-y', '@modelcontextprotocol/server-filesystem', '/allowed/path'] };
  const github = {
    command: 'npx',
    args: ['-y', '@modelcontextprotocol/server-github'],
    env: { GITHUB_PERSONAL_ACCESS_TOKEN: 'your-token' },
  };
  expect(load(JSON.stringify({ mcpServers: { filesystem, github } }))).toEqual({ filesystem, github });
});

test('takes servers at addresses, and keys that it does not know', () => {
  const servers = { a: { type: 'http', url: 'https://a', headers: { b: 'c' } }, 'b-2_x': { type: 'sse', url: 'http://b', oauth: {} } };
  expect(load(JSON.stringify({ $schema: 'x', mcpServers: servers }))).toEqual(servers);
});

test.each<[string, string]>([
  ['text', 'geheim'],
  ['a comment', '{"mcpServers": {"a": {"command": "x", "env": {"TOKEN": "geheim"}}}} // geheim'],
  ['a cut', '{"mcpServers": {"a": {"command": "x", "env": {"TOKEN": "geheim'],
])('%s in it is not JSON, and not quoted', (_, text) => {
  expect(() => load(text)).toThrow(/mcp\.json' is not valid JSON/);
  expect(() => load(text)).not.toThrow(/geheim/);
});

test.each<[string, unknown, RegExp]>([
  ['no servers', { servers: { a: 'geheim' } }, /mcpServers/],
  ['no object', ['geheim'], /the file/],
  ['a server that is text', { mcpServers: { a: 'geheim' } }, /mcpServers\.a:/],
  ['a server without a command', { mcpServers: { a: { env: { T: 'geheim' } } } }, /mcpServers\.a: needs a `command`/],
  ['an address with a command’s type', { mcpServers: { a: { type: 'stdio', url: 'geheim' } } }, /mcpServers\.a: needs a `command`/],
  ['an unknown type', { mcpServers: { a: { type: 'geheim', url: 'http://a' } } }, /mcpServers\.a\.type:/],
  ['a wrong argument', { mcpServers: { a: { command: 'x', args: ['geheim', 1] } } }, /mcpServers\.a\.args\.1:/],
  ['a wrong variable', { mcpServers: { a: { command: 'x', env: { T: ['geheim'] } } } }, /mcpServers\.a\.env\.T:/],
  ['the callers’ name', { mcpServers: { client: { command: 'geheim' } } }, /mcpServers\.client: .*taken/],
  ['a name with a space', { mcpServers: { 'a b': { command: 'geheim' } } }, /mcpServers\.a b: .*letters/],
  ['a name that could be a tool of another', { mcpServers: { a__b: { command: 'geheim' } } }, /mcpServers\.a__b: .*letters/],
  ['a long name', { mcpServers: { ['a'.repeat(65)]: { command: 'geheim' } } }, /letters/],
])('%s is told without a value', (_, value, expected) => {
  const wrong = (): unknown => load(JSON.stringify(value));
  expect(wrong).toThrow(SettingsError);
  expect(wrong).toThrow(expected);
  expect(wrong).toThrow(/mcp\.json/);
  expect(wrong).not.toThrow(/geheim/);
});

test('a file that is missing is named', () => {
  expect(() => loadMcpConfig('/nowhere/mcp.json')).toThrow("The MCP config file '/nowhere/mcp.json' can't be read (ENOENT).");
});
