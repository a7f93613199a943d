import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withTables } from './support/readme-tables.ts';

const file = new URL('../README.md', import.meta.url);

test('the README has the tables that the code has; UPDATE_README=1 writes them', () => {
  const readme = readFileSync(file, 'utf8');
  const expected = withTables(readme);
  if (process.env['UPDATE_README']) writeFileSync(file, expected);
  else expect(readme).toBe(expected);
});
