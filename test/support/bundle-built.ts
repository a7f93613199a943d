import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join, parse } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { bundledEntries, bundleDirectory } from './bundled-entries.ts';
import { entrySources } from './entry-sources.ts';

// Makes a few files of the built packages, the command, and all that they depend on: Node loads these with a third of the CPU time.

/** What is bundled finds what is beside it by the address that it has outside. */
const addresses: Plugin = {
  name: 'addresses',
  setup(esbuild) {
    esbuild.onLoad({ filter: /\/packages\/[^/]+\/dist\/.*\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return { contents: text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)), loader: 'js' };
    });
  },
};

/** CommonJS whose names Node tells, and esbuild does not, stays outside; and what others in the process have to share. */
const outside: Plugin = {
  name: 'outside',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^(@opentelemetry\/api|ioredis)$/ }, ({ path, resolveDir }) => ({
      path: createRequire(join(resolveDir, 'x')).resolve(path),
      external: true,
    }));
  },
};

const entryPoints = Object.entries(entrySources).map(([name, source]) => ({
  in: source.replace('/src/', '/dist/').replace(/\.ts$/, '.js'),
  out: parse(bundledEntries[name] ?? '').name,
}));

const { outputFiles } = await build({
  entryPoints: [
    ...entryPoints,
    { in: fileURLToPath(new URL('../../packages/node/dist/bin.js', import.meta.url)), out: 'bin' },
    { in: fileURLToPath(new URL('../attacks/scripted-server.ts', import.meta.url)), out: 'scripted-server' },
  ],
  outdir: bundleDirectory,
  write: false,
  bundle: true,
  // All entries have the same one of each module.
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  plugins: [addresses, outside],
  // Packages in CommonJS look for it.
  banner: { js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);" },
  logLevel: 'error',
});

// What stays the same is left alone, since another run may be reading it; what was built of earlier code goes.
await mkdir(bundleDirectory, { recursive: true });
const built = new Set(outputFiles.map(({ path }) => basename(path)));
for (const name of await readdir(bundleDirectory)) if (!built.has(name)) await rm(join(bundleDirectory, name), { force: true });
for (const { path, contents } of outputFiles) {
  const there = await readFile(path).catch(() => undefined);
  if (there?.equals(contents) !== true) await writeFile(path, contents);
}
