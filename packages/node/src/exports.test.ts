import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const packages = fileURLToPath(new URL('../../', import.meta.url));

type Exports = Record<string, { default: string }>;

function exportsOf(name: string): Exports {
  const manifest = JSON.parse(readFileSync(`${packages}${name}/package.json`, 'utf8')) as { exports: Exports };
  return manifest.exports;
}

/** The source of each entry of a package. */
function entriesOf(name: string): string[] {
  return Object.values(exportsOf(name)).map(({ default: built }) =>
    posix.join(name, built.replace('./dist/', 'src/').replace(/\.js$/, '.ts')),
  );
}

/** The names that a file passes on, each with the file that declares it. */
function namesIn(entry: string): { name: string; file: string }[] {
  const lists = readFileSync(packages + entry, 'utf8').matchAll(/^export (?:type )?\{([^}]*)\} from '(\.[^']+)'/gm);
  return [...lists].flatMap(([, names = '', path = '']) =>
    names
      .split(',')
      .map((name) => name.trim().replace(/^type /, ''))
      .filter((name) => name !== '')
      .map((name) => ({ name, file: posix.join(posix.dirname(entry), path) })),
  );
}

function isDocumented({ name, file }: { name: string; file: string }): boolean {
  const source = readFileSync(packages + file, 'utf8');
  return new RegExp(`\\*/\\nexport (async )?(function\\*?|const|class|interface|type) ${name}\\b`).test(source);
}

test.each(['gateway', 'node'])('each name that %s exports says what it is', (name) => {
  const names = entriesOf(name).flatMap((entry) => namesIn(entry));
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((each) => !isDocumented(each)).map((each) => `${each.file}: ${each.name}`)).toEqual([]);
});

test("the gateway's README names each of its entries", () => {
  const page = readFileSync(`${packages}gateway/README.md`, 'utf8');
  const named = Object.keys(exportsOf('gateway')).map((entry) => posix.join('@claude-code-api/gateway', entry));
  expect(named.filter((entry) => !page.includes(`| \`${entry}\` |`))).toEqual([]);
});
