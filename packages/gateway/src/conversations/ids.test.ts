import { expect, test } from 'vitest';
import { newConversationId } from './ids.ts';

test('has the shape that stores and URLs take', () => {
  expect(newConversationId()).toMatch(/^conv_[0-9a-f]{12}7[0-9a-f]{19}$/);
});

test('ids sort by the time of creation, within a millisecond too', () => {
  const ids = [0, 0.25, 0.5, 0.75, 1, 1000, 10_000_000].map((later) => newConversationId(1_800_000_000_000 + later));
  expect(ids.toSorted()).toEqual(ids);
});

test('no two are the same', () => {
  expect(new Set(Array.from({ length: 1000 }, () => newConversationId(1_800_000_000_000))).size).toBe(1000);
});
