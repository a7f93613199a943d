import * as fc from 'fast-check';
import { oddString } from './odd-values.ts';
import { placeholder } from './placeholder.ts';

const query = fc
  .tuple(
    fc.constantFrom('limit', 'after', 'order', 'include', '__proto__', 'constructor', 'limit[]', ''),
    fc.oneof(fc.constantFrom('1', '20', '100', '0', '101', '-1', '1.5', '1e1', 'asc', 'desc', 'ASC', ' '), oddString, placeholder),
  )
  .map(([key, value]) => `${encodeURIComponent(key)}=${toPercents(value)}`);

const twist: fc.Arbitrary<(path: string) => string> = fc.oneof(
  fc.constantFrom(
    (path: string) => `/${path}`,
    (path: string) => `${path}/`,
    (path: string) => path.replaceAll('/', '//'),
    (path: string) => path.replaceAll('/', '/./'),
    (path: string) => `/x/..${path}`,
    (path: string) => `${path}/..`,
    (path: string) => `${path}/%2e%2e/x`,
    (path: string) => path.toUpperCase(),
    (path: string) => path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    (path: string) => path.replaceAll('/', '%2F'),
    (path: string) => path.replaceAll('/', '\\'),
    (path: string) => `${path}%`,
    (path: string) => `${path}%ff`,
    (path: string) => `${path}%00`,
    (path: string) => `${path};a=b`,
    (path: string) => `${path}#fragment`,
    (path: string) => `${path}??a`,
    (path: string) => `/claude${path}`,
    (path: string) => path.slice(0, -1),
    (path: string) => `${path}/${'x'.repeat(6000)}`,
    (path: string) => `${path}/${'a/'.repeat(500)}`,
  ),
  oddString.map((odd) => (path: string) => `${path}/${odd.slice(0, 3000)}`),
  oddString.map((odd) => (path: string) => path.replace(/[^/]+$/, toPercents(odd))),
  placeholder.map((id) => (path: string) => path.replace(/[^/]+$/, id)),
);

/** A path as it should be, in one of five cases with something odd about it, with a query now and then. */
export function toOddPath(path: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const twists = fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(twist, { minLength: 1, maxLength: 2 }) },
  );
  const queries = fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(query, { minLength: 1, maxLength: 3 }) },
  );
  return fc
    .tuple(path, twists, queries)
    .map(
      ([plain, changes, asked]) =>
        changes.reduce((changed, change) => change(changed), plain) + (asked.length > 0 ? `?${asked.join('&')}` : ''),
    );
}

/** Half a character can't be written in percents. */
function toPercents(text: string): string {
  return encodeURIComponent(Buffer.from(text.slice(0, 3000)).toString());
}
