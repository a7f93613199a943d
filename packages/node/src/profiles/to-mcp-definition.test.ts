import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { SettingsError } from '../config/settings-error.ts';
import { toMcpDefinition } from './to-mcp-definition.ts';

const environment = { TOKEN: 'geheim', HOST: 'example.com', DIRECTORY: tmpdir() };
const options = { environment, label: "The MCP server 'a' in 'mcp.json'" };

const stdio = z.looseObject({
  type: z.literal('stdio'),
  command: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
});

/** Starts a server as the CLI would, in another directory, and gives what it prints. */
function start(definition: Readonly<Record<string, unknown>>): string {
  const { command, args, env } = stdio.parse(definition);
  return execFileSync(command, args, { cwd: '/', env: { ...process.env, ...env }, encoding: 'utf8', stdio: 'pipe' });
}

test('a command gets its arguments and environment, expanded, and starts in the server’s own directory', () => {
  const args = [
    '-e',
    'console.log(process.cwd(), ...process.argv.slice(1), process.env.KEY)',
    '${TOKEN}',
    'two words',
    "it's",
    '$HOME',
    '',
  ];
  const definition = toMcpDefinition({ command: process.execPath, args, env: { KEY: 'a ${MISSING:-b}' } }, options);
  expect(start(definition)).toBe(`${process.cwd()} geheim two words it's $HOME  a b\n`);
});

test('or in the directory that it names', () => {
  const definition = toMcpDefinition({ command: process.execPath, args: ['-p', 'process.cwd()'], cwd: '${DIRECTORY}' }, options);
  expect(start(definition).trim()).toBe(realpathSync(tmpdir()));
});

test('a directory that does not exist starts nothing', () => {
  const definition = toMcpDefinition({ command: process.execPath, args: ['-p', '1'], cwd: '/does/not/exist' }, options);
  expect(() => start(definition)).toThrow(/can't cd|No such file/);
});

test.each([
  [{ type: 'http', url: 'https://${HOST}/mcp' }, 'http'],
  [{ type: 'streamable-http', url: 'https://${HOST}/mcp' }, 'http'],
  [{ type: 'sse', url: 'https://${HOST}/mcp' }, 'sse'],
  [{ url: 'https://${HOST}/mcp' }, 'http'],
] as const)('%o is a server at an address, of the type %s', (server, type) => {
  expect(toMcpDefinition({ ...server, headers: { authorization: 'Bearer ${TOKEN}' } }, options)).toEqual({
    type,
    url: 'https://example.com/mcp',
    headers: { authorization: 'Bearer geheim' },
  });
});

test('what is not known is left as it is', () => {
  expect(toMcpDefinition({ url: 'http://a', oauth: { clientId: '${TOKEN}' } }, options)).toMatchObject({ oauth: { clientId: '${TOKEN}' } });
});

test.each([
  { command: '${NOT_SET}', args: ['${TOKEN}'] },
  { command: 'x', args: ['${TOKEN}', '${NOT_SET}'] },
  { command: 'x', env: { A: '${TOKEN}', B: '${NOT_SET}' } },
  { command: 'x', cwd: '${NOT_SET}' },
  { url: 'https://${TOKEN}@${NOT_SET}' },
  { url: 'https://a', headers: { a: '${TOKEN} ${NOT_SET}' } },
])('a variable that is not set is named with its server and file, and no value: %o', (server) => {
  const wrong = (): unknown => toMcpDefinition(server, options);
  expect(wrong).toThrow(SettingsError);
  expect(wrong).toThrow(/'a' in 'mcp\.json' needs the environment variable NOT_SET/);
  expect(wrong).not.toThrow(/geheim/);
});

test.each(['${TOKEN}', 'ftp://${TOKEN}', 'file:///etc/passwd', 'https://', 'http://${TOKEN}:x'])('%s is no address', (url) => {
  const wrong = (): unknown => toMcpDefinition({ url }, options);
  expect(wrong).toThrow(/'a' in 'mcp\.json' has a url/);
  expect(wrong).not.toThrow(/geheim/);
});
