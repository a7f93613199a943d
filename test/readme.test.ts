import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { madeTables, withTables } from './support/readme-tables.ts';

test.each(Object.entries(madeTables))('%s has the tables that the code has; UPDATE_README=1 writes them', (name, tables) => {
  const file = new URL(`../${name}`, import.meta.url);
  const page = readFileSync(file, 'utf8');
  const expected = withTables(page, tables);
  if (process.env['UPDATE_README']) writeFileSync(file, expected);
  else expect(page).toBe(expected);
});
