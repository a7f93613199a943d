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
  expect(rules).toEqual([
    ...['Edit(//c)', 'Edit(//c/**)'],
    ...['Read(//c/[!a]*)', 'Read(//c/a[!b]*)', 'Read(//c/a)', 'Read(//c/ab?*)'],
    ...['Read(//c/ab/[!x]*)', 'Read(//c/ab/x[!1]*)', 'Read(//c/ab/x)', 'Read(//c/ab/x1?*)'],
  ]);
});
