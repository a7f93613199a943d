import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { brotliCompressSync, constants } from 'node:zlib';

const require = createRequire(import.meta.url);
const readPart = (name: string): string => readFileSync(require.resolve(`swagger-ui-dist/${name}`), 'utf8');

/**
 * The files of Swagger UI as the reference page has them, by name: those of the package, without the addresses of their sources, and with nothing in
 * the script that a browser would take for an element. `swagger-ui-dist` itself would bring 12 MB, and a package that reports installs.
 */
export function vendoredSwaggerUi(): Readonly<Record<string, string>> {
  const withoutSource = (text: string): string => text.replace(/\n?\/[/*]# sourceMappingURL=.*\n?$/, '\n');
  return {
    'swagger-ui.css': withoutSource(readPart('swagger-ui.css')),
    'swagger-ui-bundle.js': withoutSource(readPart('swagger-ui-bundle.js')).replaceAll(/<(?=script|style)/g, '\\x3c'),
    // Under the name of licences pnpm would take it for that of the package, and leave out its own.
    'NOTICES.txt': ['LICENSE', 'NOTICE', 'swagger-ui-bundle.js.LICENSE.txt'].map(readPart).join('\n'),
  };
}

export function compress(text: string): Buffer {
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
}
