import { describe, expect, test } from 'vitest';
import { pagePolicyOf } from './load-page.ts';

const page = '<html><style media="all">a {}\n</style><body><script type="module">\nx();\n</script></body></html>';

describe('pagePolicyOf', () => {
  test('allows the style and the script by their hashes, and else only its own server', () => {
    // printf 'a {}\n' | openssl dgst -sha256 -binary | base64
    expect(pagePolicyOf(page)).toBe(
      "default-src 'none'; style-src 'sha256-ffLTrIV+pQfEkN/w3Rbf9koq8M1pRhO8MKGADBLhsRg='; " +
        "script-src 'sha256-V25e/zdVahNIR1SbwCN7JcYvpebsGq/24Fbb4SfMshA='; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  test('is the same for a page whose lines end as on Windows', () => {
    expect(pagePolicyOf(page.replaceAll('\n', '\r\n'))).toBe(pagePolicyOf(page));
  });

  test('changes with every character of the script', () => {
    expect(pagePolicyOf(page.replace('x()', 'y()'))).not.toBe(pagePolicyOf(page));
  });

  test.each([
    ['no style', page.replace('style', 'main'), 'one style element; it has 0'],
    ['no script', '<style></style>', 'one script element; it has 0'],
    ['two scripts', `${page}<SCRIPT>x()</SCRIPT>`, 'one script element; it has 2'],
    ['two styles', `${page}<style></style>`, 'one style element; it has 2'],
  ])('takes no page with %s', (_, html, message) => {
    expect(() => pagePolicyOf(html)).toThrow(message);
  });
});
