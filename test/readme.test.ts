import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { anchorsOf, docPages, linksOf, pathOf, readPage, withCode } from './support/docs/doc-pages.ts';
import { madeTables, withTables } from './support/docs/readme-tables.ts';

const filesIn = (folder: string): string[] =>
  readdirSync(pathOf(folder), { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? `${folder}/${entry.name}` : []));

test.each(Object.entries(madeTables))('%s has the tables that the code has; UPDATE_README=1 writes them', (name, tables) => {
  const page = readPage(name);
  const expected = withTables(page, tables);
  if (process.env['UPDATE_README']) writeFileSync(pathOf(name), expected);
  else expect(page).toBe(expected);
});

test.each(docPages)('%s shows programs as they are in their files; UPDATE_README=1 writes them', (page) => {
  const expected = withCode(readPage(page));
  if (process.env['UPDATE_README']) writeFileSync(pathOf(page), expected);
  else expect(readPage(page)).toBe(expected);
});

test.each(docPages)('%s links to what is there', (page) => {
  const broken = linksOf(page).filter(({ file, anchor }) => {
    if (!existsSync(pathOf(file))) return true;
    return anchor !== '' && !anchorsOf(file).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test('the versions of programs that are said to be tried are those that tests install', () => {
  const [, table = ''] = readPage('docs/applications.md').split('## What is tried');
  const versions = [...table.matchAll(/^\| [^|]+ \| ([\d., ]+) \|/gm)].flatMap(([, cell = '']) => cell.split(', '));
  const installing = ['test/package.json', 'packages/package.json', ...filesIn('test/clients/python'), ...filesIn('test/apps')]
    .map(readPage)
    .join('\n');
  expect(versions.length).toBeGreaterThan(10);
  expect(versions.filter((version) => !installing.includes(version))).toEqual([]);
});

test('every page is reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const page of reached) for (const { file } of linksOf(page)) if (docPages.includes(file)) reached.add(file);
  expect(docPages.filter((page) => !reached.has(page))).toEqual([]);
});

test('the README takes a screen and a half, and no page more than 200 lines', () => {
  const linesOf = (page: string): number => readPage(page).trimEnd().split('\n').length;
  expect(linesOf('README.md')).toBeLessThanOrEqual(90);
  expect(docPages.filter((page) => linesOf(page) > 200)).toEqual([]);
});

test('the README names the command that CI runs', () => {
  expect(readPage('README.md')).toContain('npm test');
  expect(readPage('.ci/run')).toContain('npm test');
});
