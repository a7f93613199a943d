import { expect, test } from 'vitest';
import { createBodyBudget } from './body-budget.ts';

const full = { status: 503, code: 'server_overloaded', retryAfterSeconds: 5 };
const own = { status: 429, code: 'rate_limit_exceeded', retryAfterSeconds: 5 };

test('what does not fit in is refused, before it comes and while it comes, until others have given back theirs', () => {
  const bodies = createBodyBudget({ maxBytes: 100, maxBytesPerTenant: 100 });
  const [one, other] = [bodies('a'), bodies('b')];
  one.take(60);
  expect(() => other.expect(41)).toThrow(expect.objectContaining(full));
  other.expect(40);
  other.take(30);
  expect(() => other.take(11)).toThrow(expect.objectContaining(full));
  one.release();
  other.take(70);
  expect(() => one.take(1)).toThrow(expect.objectContaining(full));
});

test('one tenant has its share, however many requests it sends, and the others have theirs', () => {
  const bodies = createBodyBudget({ maxBytes: 100, maxBytesPerTenant: 50 });
  const first = bodies('a');
  first.take(30);
  expect(() => bodies('a').expect(21)).toThrow(expect.objectContaining(own));
  bodies('b').take(50);
  first.release();
  first.release();
  bodies('a').take(50);
  expect(() => bodies('c').take(1)).toThrow(expect.objectContaining(full));
});

test('who does not tell how much will come is let in', () => {
  expect(() => createBodyBudget({ maxBytes: 0, maxBytesPerTenant: 0 })('a').expect(Number.NaN)).not.toThrow();
});
