import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { makeTemporaryDirectory } from '../../support/make-temporary-directory.ts';

export interface BundledServer {
  /** A script that Node starts fast. */
  readonly path: string;
  remove(): Promise<void>;
}

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Makes one file of `remembering-server.ts` and all that it needs. */
export async function bundleRememberingServer(): Promise<BundledServer> {
  const directory = await makeTemporaryDirectory();
  const path = join(directory, 'remembering-server.mjs');
  await build({
    entryPoints: [source('remembering-server.ts')],
    outfile: path,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minifySyntax: true,
    alias: {
      '@claude-code-api/gateway/background': source('../../../packages/gateway/src/background.ts'),
      '@claude-code-api/gateway/mcp': source('../../../packages/gateway/src/mcp.ts'),
      '@claude-code-api/gateway/runner-kit': source('../../../packages/gateway/src/runner-kit.ts'),
      '@claude-code-api/gateway/schemas': source('../../../packages/gateway/src/schemas.ts'),
      '@claude-code-api/gateway/testing': source('../../../packages/gateway/src/testing/index.ts'),
      '@claude-code-api/gateway': source('../../../packages/gateway/src/index.ts'),
      '@claude-code-api/node': source('../../../packages/node/src/index.ts'),
    },
    // Packages in CommonJS look for it.
    banner: { js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);" },
    logLevel: 'error',
  });
  return { path, remove: () => rm(directory, { recursive: true, force: true }) };
}
