import { describe, expect, test } from 'vitest';
import { loadPage, pagePolicyOf } from './load-page.ts';

const page = '<html><style media="all">a {}\n</style><body><script type="module">\nx();\n</script></body></html>';

describe('pagePolicyOf', () => {
  test('allows the style and the script by their hashes, and else only its own server', () => {
    // printf 'a {}\n' | openssl dgst -sha256 -binary | base64
    expect(pagePolicyOf(page)).toBe(
      "default-src 'none'; style-src 'sha256-ffLTrIV+pQfEkN/w3Rbf9koq8M1pRhO8MKGADBLhsRg='; " +
        "script-src 'sha256-V25e/zdVahNIR1SbwCN7JcYvpebsGq/24Fbb4SfMshA='; " +
        "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  test('is the same for a page whose lines end as on Windows', () => {
    expect(pagePolicyOf(page.replaceAll('\n', '\r\n'))).toBe(pagePolicyOf(page));
  });

  test('changes with every character of the script', () => {
    expect(pagePolicyOf(page.replace('x()', 'y()'))).not.toBe(pagePolicyOf(page));
  });

  test('names each of several', () => {
    expect(pagePolicyOf(`${page}<script>x()</script>`).match(/sha256-/g)).toHaveLength(3);
  });

  test.each([
    ['no style', page.replace('style', 'main'), 'no style element'],
    ['no script', '<style></style>', 'no script element'],
  ])('takes no page with %s', (_, html, message) => {
    expect(() => pagePolicyOf(html)).toThrow(message);
  });
});

// What a page says of others is text; so it needs no other way to make markup.
test.each(['dashboard', 'playground', 'welcome'] as const)('%s is whole, names nobody else, and its own scripts make no markup', (name) => {
  const { html } = loadPage(name);
  const markup = html.replaceAll(/<script[^]*?<\/script>/g, '');
  expect(markup).not.toMatch(/<[^>]+\s(style|on\w+|src|srcset)=/i);
  expect(markup).not.toMatch(/<(link|img|iframe|object|embed|base)\b/i);
  const own = html.match(/<script( type="module")?>\n(?!\/\*[*!])[^]*?<\/script>/g)?.join('') ?? '';
  expect(own.length).toBeGreaterThan(100);
  expect(own).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc|eval\(/);
  expect(own.match(/https?:\/\/[^'"`\s]+/g) ?? []).toEqual([]);
});
