import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as z from 'zod';

const root = fileURLToPath(new URL('../', import.meta.url));
const file = new URL('../docs/licences.md', import.meta.url);

const listed = z.record(z.string(), z.array(z.object({ name: z.string(), versions: z.array(z.string()) })));

/** Licences that ask for no more than to be named. */
const permissive = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', '0BSD', 'CC0-1.0', 'Unlicense']);
/** Comes as a program of its own, under Anthropic's terms; with a package for each platform. */
const cli = '@anthropic-ai/claude-code';

interface Licensed {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

/** All that the lock file installs with the published packages. */
function readLicences(): Licensed[] {
  const pnpm = fileURLToPath(new URL('../node_modules/.bin/pnpm', import.meta.url));
  const json = execFileSync(pnpm, ['licenses', 'list', '--prod', '--json', '--filter', './packages/*'], { cwd: root, encoding: 'utf8' });
  const found = Object.entries(listed.parse(JSON.parse(json))).flatMap(([licence, packages]) =>
    packages.flatMap(({ name, versions }) => versions.map((version) => ({ name, version, licence }))),
  );
  return found
    .filter(({ name }) => !name.startsWith(`${cli}-`))
    .map((each) => (each.name === cli ? { ...each, licence: 'Anthropic’s terms' } : each))
    .toSorted((one, other) => (`${one.name} ${one.version}` < `${other.name} ${other.version}` ? -1 : 1));
}

const licences = readLicences();

test('everything that is installed with the packages may be used and passed on', () => {
  expect(licences.length).toBeGreaterThan(10);
  expect(licences.filter(({ name, licence }) => name !== cli && !permissive.has(licence))).toEqual([]);
});

test('docs/licences.md lists what the lock file has; UPDATE_LICENCES=1 writes it', () => {
  const rows = licences.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`);
  const text = [
    '# Licences',
    '',
    'What is installed with the published packages, by the lock file. `@claude-code-api/node` has Swagger UI within it, which is under Apache-2.0, with',
    'what that is made of: [its licences](../packages/node/pages/reference/NOTICES.txt).',
    '',
    '| package | version | licence |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  if (process.env['UPDATE_LICENCES']) writeFileSync(file, text);
  else expect(readFileSync(file, 'utf8')).toBe(text);
});
