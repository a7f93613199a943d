import { expect, test } from 'vitest';
import { toEndReason, toTurnEnd } from './turn-bounds.ts';

test.each(['compaction', 'of_the_future'])('a reason to stop that is none of ours is a plain end, and told as it is: %s', (reason) => {
  expect(toEndReason(reason)).toBe('end_turn');
  expect(toTurnEnd({ stop_reason: reason, stop_sequence: null }, 'end_turn')).toEqual({
    type: 'turn-end',
    reason: 'end_turn',
    told: { stop_reason: reason },
  });
});

test('one that is ours is told once', () => {
  expect(toTurnEnd({ stop_reason: 'max_tokens', stop_sequence: null }, 'max_tokens')).toEqual({ type: 'turn-end', reason: 'max_tokens' });
});
