import { existsSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build, stop, type Plugin } from 'esbuild';
import { afterAll, expect, test } from 'vitest';

/**
 * What the gateway may cost whoever deploys it to the edge, with chat completions: bytes in brotli, which jump by a hundred with any
 * change. Raise it only for a reason; the last was the way by which requests and turns are followed (`Insight.requestBegan`).
 */
const coreBytes = 60_300;
/** What each dialect beside chat completions may add, with all that is there for it alone. */
const dialectBytes: Readonly<Record<string, number>> = { completions: 3_000, messages: 5_000, responses: 12_500 };

// The process that builds is no child that other tests of this worker are to see.
afterAll(() => stop());

const builtIn = new Set(builtinModules);
const source = (path: string): string => fileURLToPath(new URL(`../../packages/gateway/src/${path}`, import.meta.url));

const dialects = readdirSync(source('dialects')).filter((name) => existsSync(source(`dialects/${name}/${name}.ts`)));

/** Puts nothing in the place of dialects, and of the resources that are there for one of them. */
const without = (names: readonly string[]): Plugin => ({
  name: 'without-dialects',
  setup: (made) => {
    for (const name of names)
      made.onLoad({ filter: new RegExp(`/src/(dialects|resources)/${name}/`) }, () => ({ contents: 'module.exports = {};' }));
  },
});

async function bundle(options: { readonly entry?: string; readonly code?: string; readonly without?: readonly string[] }) {
  const result = await build({
    ...(options.entry === undefined
      ? { stdin: { contents: options.code ?? '', resolveDir: source('.') } }
      : { entryPoints: [source(options.entry)] }),
    bundle: true,
    platform: 'neutral',
    format: 'esm',
    target: 'es2022',
    mainFields: ['module', 'main'],
    conditions: ['import', 'default'],
    external: ['node:*', ...builtIn],
    plugins: [without(options.without ?? [])],
    minify: true,
    metafile: true,
    write: false,
    legalComments: 'none',
    logLevel: 'silent',
  });
  const imports = Object.values(result.metafile.outputs).flatMap((output) =>
    output.imports.filter(({ external }) => external).map(({ path }) => path),
  );
  return { imports, code: result.outputFiles[0]?.text ?? '' };
}

test.each([
  'index.ts',
  'background.ts',
  'dialect-kit.ts',
  'mcp.ts',
  'messages-api.ts',
  'openapi.ts',
  'remote-runner.ts',
  'runner-kit.ts',
  'schemas.ts',
  'stores.ts',
  'testing/index.ts',
])('%s needs nothing of Node, nor of any other runtime', async (entry) => {
  const { imports, code } = await bundle({ entry });
  expect(imports).toEqual([]);
  expect(code.length).toBeGreaterThan(1000);
  expect(code).not.toMatch(/\b(process\.(env|on|exit|cwd|nextTick)|Buffer\.(from|alloc|concat)|setImmediate\()/);
});

test('an import of a Node built-in would be found', async () => {
  for (const name of ['node:fs', 'path']) expect((await bundle({ code: `import '${name}';` })).imports).toEqual([name]);
});

const bytesWithout = async (...names: string[]): Promise<number> =>
  brotliCompressSync((await bundle({ entry: 'index.ts', without: names })).code).length;
const others = dialects.filter((name) => name !== 'chat-completions');

test('the core keeps within its budget', async () => {
  const bytes = await bytesWithout(...others);
  expect(bytes, `the core takes ${bytes} bytes (brotli), and may take ${coreBytes}`).toBeLessThanOrEqual(coreBytes);
  expect(bytes, 'a bundle as small as this holds no gateway').toBeGreaterThan(10_000);
});

test.each(others)('the dialect %s keeps within its budget', async (name) => {
  const bytes = (await bytesWithout()) - (await bytesWithout(name));
  expect(bytes, 'it is not in the bundle').toBeGreaterThan(100);
  expect(bytes, `it takes ${bytes} bytes (brotli)`).toBeLessThanOrEqual(dialectBytes[name] ?? 0);
});
