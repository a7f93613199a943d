import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseArguments } from '../packages/node/src/command/parse-arguments.ts';
import { loadSettings } from '../packages/node/src/config/load-settings.ts';
import { docPages, pathOf, readPage, snippetsOf } from './support/docs/doc-pages.ts';

// Of what the pages show: programs are files of `examples`, which have tests of their own (`readme.test.ts` compares them); Python is run by
// `clients/python.test.ts`, what the packages' own pages show by `packages.test.ts`. All the rest is tried here.

const directory = mkdtempSync(join(tmpdir(), 'snippets-'));
afterAll(() => rmSync(directory, { recursive: true }));

const pages = docPages.filter((page) => !page.startsWith('examples/') && !page.startsWith('docs/decisions/'));
const snippets = pages.flatMap((page) => snippetsOf(page));
const of = (...languages: readonly string[]) =>
  snippets.filter(({ language }) => languages.includes(language)).map((each) => ({ ...each, name: `${each.page}, line ${each.line}` }));

test('each snippet is of a kind that something runs', () => {
  expect(snippets.length).toBeGreaterThan(10);
  // The YAML is of `llm`, whose client in `clients/python` reads it; balancers are tried by `server/load-balancers.test.ts`.
  const known = new Set(['sh', 'python', 'js', 'ts', 'toml', 'yaml', 'nginx', 'haproxy', '']);
  expect(snippets.filter(({ language }) => !known.has(language))).toEqual([]);
});

test('each program is a file of the examples, or on the page of a package', () => {
  const shown = of('js', 'ts').filter(({ page, file }) => file === undefined && !page.startsWith('packages/'));
  expect(shown.map(({ name }) => name)).toEqual([]);
});

test.each(of('toml'))('settings: $name', ({ code }) => {
  const file = join(directory, 'settings.toml');
  // A key is as `create-key` prints it.
  writeFileSync(file, code.replaceAll('sha256:...', `sha256:${'0'.repeat(64)}`));
  expect(loadSettings({ file, environment: {}, flags: {} })).not.toEqual(loadSettings({ environment: {}, flags: {} }));
});

test.each(of('sh'))('commands: $name', ({ code }) => {
  for (const line of code.replaceAll('\\\n', ' ').split('\n')) {
    const words = wordsOf(line.replace(/(^|\s)#.*$/, ''));
    while (/^[A-Z_]+=/.test(words[0] ?? '')) words.shift();
    if (words.length > 0) check(words);
  }
});

const manifest = JSON.parse(readFileSync(pathOf('package.json'), 'utf8')) as { scripts: Readonly<Record<string, string>> };

function check([command = '', ...operands]: readonly string[]): void {
  const [first = ''] = operands;
  if (command === 'claude-code-api') return checkOwn(operands);
  if (command === 'npm' && first === 'start') return checkOwn(operands.slice(2));
  if (command === 'npm') return expect(Object.keys(manifest.scripts)).toContain(first === 'run' ? operands[1] : first);
  if (command === 'npx' && ['claude-code-api', '@claude-code-api/node'].includes(first)) return checkOwn(operands.slice(1));
  if (command === 'npx') return expect(existsSync(pathOf(`node_modules/.bin/${first}`)), first).toBe(true);
  // What `.ci/run` installs.
  if (command === 'apt-get') return expect(operands.slice(1).filter((name) => !readPage('.ci/run').includes(name))).toEqual([]);
  expect(command).toBe('redis-server');
}

/** What the command of this repository would do, as far as it can be told without doing it. */
function checkOwn(operands: readonly string[]): void {
  const { flags } = parseArguments(operands);
  expect(loadSettings({ environment: {}, flags })).toBeDefined();
}

function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '').filter((word) => word !== '&');
}

test('the proxy of SECURITY.md leaves room for what the server takes', () => {
  const [proxy] = of('nginx');
  const { server, claude } = loadSettings({ environment: {}, flags: {} });
  expect(Number(/client_max_body_size (\d+)m/.exec(proxy?.code ?? '')?.[1]) * 2 ** 20).toBe(server.max_body_bytes);
  expect(Number(/proxy_read_timeout (\d+)s/.exec(proxy?.code ?? '')?.[1])).toBeGreaterThan(claude.timeout_seconds);
  expect(proxy?.code).toContain(`proxy_pass http://127.0.0.1:${server.port};`);
});
