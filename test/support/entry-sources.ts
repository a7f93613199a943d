import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, { readonly default: string }>>;
}

/** The source of each entry of the packages, by the name under which it is imported: tests run these, and no build stands between. */
export const entrySources: Readonly<Record<string, string>> = Object.fromEntries(['gateway', 'node'].flatMap(sourcesOf));

function sourcesOf(directory: string): [name: string, path: string][] {
  const place = new URL(`../../packages/${directory}/`, import.meta.url);
  const { name, exports } = JSON.parse(readFileSync(new URL('package.json', place), 'utf8')) as Manifest;
  return Object.entries(exports).map(([entry, { default: built }]) => [
    `${name}${entry.slice(1)}`,
    fileURLToPath(new URL(built.replace('/dist/', '/src/').replace(/\.js$/, '.ts'), place)),
  ]);
}
