import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import type { Page } from '@claude-code-api/gateway';
import { inlineParts } from './inline-parts.ts';

/** A page that comes with this package, in one piece: that of `GET /dashboard`, of `GET /docs`, or of `GET /` in a browser. */
export function loadPage(name: 'dashboard' | 'playground' | 'reference' | 'welcome'): Page {
  const html = inlineParts(`./${name}.html`, readPart);
  return { html, policy: pagePolicyOf(html) };
}

const require = createRequire(import.meta.url);

/** A file of the pages, compressed (`.br`) or not, or of a package that this one depends on: `marked/lib/marked.umd.js`. */
function readPart(path: string): string {
  const [folder, rest] = path.startsWith('./')
    ? [new URL('../../pages/', import.meta.url), path]
    : [pathToFileURL(require.resolve(`${path.split('/')[0]}/package.json`)), path.slice(path.indexOf('/') + 1)];
  const file = readFileSync(new URL(rest, folder));
  return (path.endsWith('.br') ? brotliDecompressSync(file) : file).toString();
}

/**
 * The `content-security-policy` of a page that brings its own styles and scripts: nothing but these runs, it talks to nobody but its own server, and shows
 * no pictures but those that it has been given.
 *
 * @param html A page with `style` and `script` elements that hold what they stand for.
 * @throws {Error} When there is none of one.
 */
export function pagePolicyOf(html: string): string {
  return [
    `default-src 'none'`,
    `style-src ${hashesOf(html, 'style')}`,
    `script-src ${hashesOf(html, 'script')}`,
    `img-src data:`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}

/** As CSP Level 3 has it: SHA-256 of each element's text, in base64. */
function hashesOf(html: string, element: 'style' | 'script'): string {
  const found = [...html.matchAll(new RegExp(`<${element}\\b[^>]*>(.*?)</${element}\\s*>`, 'gis'))];
  if (found.length === 0) throw new Error(`The page has no ${element} element.`);
  // A browser reads all ends of lines as line feeds, before it takes the hash.
  const texts = found.map(([, text = '']) => text.replaceAll('\r\n', '\n'));
  return texts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`).join(' ');
}
