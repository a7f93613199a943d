import { expect, test } from 'vitest';
import { createLabelSets, createLabelValues } from './labels.ts';

test('the first hundred values are told apart, and none after them', () => {
  const toValue = createLabelValues();
  const given = Array.from({ length: 150 }, (_, at) => toValue(`v${at}`));
  expect(given.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, at) => `v${at}`));
  expect(new Set(given.slice(100))).toEqual(new Set(['other']));
  expect([toValue('v99'), toValue('v100'), toValue(''), toValue(undefined)]).toEqual(['v99', 'other', '', '']);
});

test('values are short, and two of them stay two when they are sent', () => {
  const toValue = createLabelValues();
  expect(toValue('x'.repeat(1000))).toHaveLength(128);
  expect(toValue('a\ud800')).toBe(toValue('a\udfff'));
  expect(toValue('line\r\nbreak')).toBe('line\ufffd\ufffdbreak');
  // Cut in the middle of a pair.
  expect(toValue(`${'x'.repeat(127)}\u{1f600}`)).toBe(`${'x'.repeat(127)}\ufffd`);
  expect(toValue('m\u{1f600}')).toBe('m\u{1f600}');
});

test('the first sets are told apart, and of those after them only what is not open', () => {
  const toLabels = createLabelSets<'key' | 'status'>({ key: 'other' }, 2);
  expect(toLabels({ key: 'a', status: '200' })).toEqual({ key: 'a', status: '200' });
  expect(toLabels({ key: 'b', status: '200' })).toEqual({ key: 'b', status: '200' });
  expect(toLabels({ key: 'c', status: '404' })).toEqual({ key: 'other', status: '404' });
  expect(toLabels({ key: 'a', status: '404' })).toEqual({ key: 'other', status: '404' });
  expect(toLabels({ key: 'b', status: '200' })).toEqual({ key: 'b', status: '200' });
});
