import { readFileSync } from 'node:fs';
import type { Page } from '@claude-code-api/gateway';
import { createHash } from 'node:crypto';

/** A page that comes with this package: that of `GET /dashboard`, or of `GET /` in a browser. */
export function loadPage(name: 'dashboard' | 'welcome'): Page {
  const html = readFileSync(new URL(`../../dashboard/${name}.html`, import.meta.url), 'utf8');
  return { html, policy: pagePolicyOf(html) };
}

/**
 * The `content-security-policy` of a page that brings its own style and script: nothing but these two runs, and it talks to nobody but
 * its own server.
 *
 * @param html A page with exactly one `style` and one `script` element.
 * @throws {Error} When there are more or fewer of them.
 */
export function pagePolicyOf(html: string): string {
  return [
    `default-src 'none'`,
    `style-src '${hashOf(html, 'style')}'`,
    `script-src '${hashOf(html, 'script')}'`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}

/** As CSP Level 3 has it: SHA-256 of the element's text, in base64. */
function hashOf(html: string, element: 'style' | 'script'): string {
  const found = [...html.matchAll(new RegExp(`<${element}\\b[^>]*>(.*?)</${element}\\s*>`, 'gis'))];
  const text = found[0]?.[1];
  if (text === undefined || found.length > 1) throw new Error(`The page must have exactly one ${element} element; it has ${found.length}.`);
  // A browser reads all ends of lines as line feeds, before it takes the hash.
  const read = text.replaceAll('\r\n', '\n');
  return `sha256-${createHash('sha256').update(read).digest('base64')}`;
}
