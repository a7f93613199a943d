import { expect, test } from 'vitest';
import { denyRules } from './deny-rules.ts';

test('what is protected is denied to all file tools, itself and all in it, by its literal path', () => {
  expect(denyRules(['/etc/gateway/', '/srv/a[1]*'], [])).toEqual([
    ...['Read(//etc/gateway)', 'Read(//etc/gateway/**)', 'Edit(//etc/gateway)', 'Edit(//etc/gateway/**)'],
    ...[String.raw`Read(//srv/a\[1\]\*)`, String.raw`Read(//srv/a\[1\]\*/**)`],
    ...[String.raw`Edit(//srv/a\[1\]\*)`, String.raw`Edit(//srv/a\[1\]\*/**)`],
  ]);
});

test('but for one place in a directory all of it is denied, by patterns for any other name on the way', () => {
  const rules = denyRules([], [{ directory: '/c', way: ['ab', 'x1'] }]);
  expect(rules.slice(0, 2)).toEqual(['Edit(//c)', 'Edit(//c/**)']);
  const denies = (path: string): boolean => rules.some((rule) => toExpression(rule).test(path));
  for (const path of [
    '/c/a',
    '/c/b',
    '/c/a1',
    '/c/abc',
    '/c/.claude.json',
    '/c/Backups',
    '/c/ab/x',
    '/c/ab/x2',
    '/c/ab/x10',
    '/c/ab/-tmp-y',
  ]) {
    expect([path, denies(path)]).toEqual([path, true]);
  }
  for (const path of ['/c', '/c/ab', '/c/ab/x1', '/c/ab/x1/file', '/d']) expect([path, denies(path)]).toEqual([path, false]);
});

/** A rule for reading, as the CLI understands it. */
function toExpression(rule: string): RegExp {
  const [, pattern = '$.'] = /^Read\(\/(.*)\)$/.exec(rule) ?? [];
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('?', '[^/]').replaceAll('*', '[^/]*')}(/|$)`, 'i');
}
