import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entrySources } from './entry-sources.ts';

/** Where `npm test` has the built packages in few files: below `node_modules`, where vitest leaves to Node what it finds. */
export const bundleDirectory = fileURLToPath(new URL('../../node_modules/.cache/built/', import.meta.url));

/** The bundled file of each entry of the packages, by the name under which it is imported. */
export const bundledEntries: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(entrySources).map((name) => [name, join(bundleDirectory, `${name.replaceAll(/\W+/g, '-').slice(1)}.js`)]),
);
