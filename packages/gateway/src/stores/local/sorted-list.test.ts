import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSortedList } from './sorted-list.ts';

test('holds what a sorted set would hold, whatever is added and removed', () => {
  const change = fc.record({ value: fc.integer({ min: 0, max: 30 }), adds: fc.boolean() });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), fc.integer({ min: -1, max: 31 }), (changes, probe) => {
      const list = createSortedList<number>((left, right) => left - right);
      const set = new Set<number>();
      for (const { value, adds } of changes) {
        if (adds) list.add(value);
        else list.remove(value);
        if (adds) set.add(value);
        else set.delete(value);
      }
      const expected = [...set].toSorted((left, right) => left - right);
      expect(Array.from({ length: list.size }, (_, index) => list.at(index))).toEqual(expected);
      expect(list.countBefore(probe)).toBe(expected.filter((value) => value < probe).length);
    }),
  );
});
