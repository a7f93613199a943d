import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** What the gateway may cost whoever deploys it to the edge; 50 kB when this was written. Raise it only for a reason. */
const coreBytes = 69_000;
/** Each dialect beside chat completions has a budget of its own, with all that is there for it alone. */
const dialectBytes = { messages: 4_500, responses: 9_500 };
const budgetBytes = Object.values(dialectBytes).reduce((sum, bytes) => sum + bytes, coreBytes);

const builtIn = new Set(builtinModules);
const source = (path: string): string => fileURLToPath(new URL(`../../packages/gateway/src/${path}`, import.meta.url));

async function bundle(options: { readonly entry?: string; readonly code?: string }) {
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

test.each(['index.ts', 'dialect-kit.ts', 'schemas.ts', 'testing/index.ts'])(
  '%s needs nothing of Node, nor of any other runtime',
  async (entry) => {
    const { imports, code } = await bundle({ entry });
    expect(imports).toEqual([]);
    expect(code.length).toBeGreaterThan(1000);
    expect(code).not.toMatch(/\b(process\.(env|on|exit|cwd|nextTick)|Buffer\.(from|alloc|concat)|setImmediate\()/);
  },
);

test('an import of a Node built-in would be found', async () => {
  for (const name of ['node:fs', 'path']) expect((await bundle({ code: `import '${name}';` })).imports).toEqual([name]);
});

test('the bundle keeps within its budget', async () => {
  const { code } = await bundle({ entry: 'index.ts' });
  const bytes = brotliCompressSync(code).length;
  expect(bytes, `the bundle of the gateway takes ${bytes} bytes (brotli), and may take ${budgetBytes}`).toBeLessThanOrEqual(budgetBytes);
  expect(bytes, 'a bundle as small as this holds no gateway').toBeGreaterThan(10_000);
});
