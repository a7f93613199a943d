import { build, stop } from 'esbuild';
import { entrySources } from '../entry-sources.ts';

/** Makes one file of a script and all that it needs, of the packages' source, which Node starts fast. */
export async function bundleForNode(script: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [script],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minifySyntax: true,
    alias: { ...entrySources },
    // Loaded where a request names MCP servers, which no script here has; within one file it would have modules run before those they need.
    external: ['@modelcontextprotocol/client'],
    // Packages in CommonJS look for it.
    banner: { js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);" },
    logLevel: 'error',
  });
  // Its process is no child that other tests of this worker are to see.
  await stop();
}
