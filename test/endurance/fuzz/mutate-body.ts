import * as fc from 'fast-check';
import { oddString, oddValue } from './odd-values.ts';
import { placeholder } from './placeholder.ts';

/** One change somewhere in a JSON value; `where` picks the place. */
interface Mutation {
  readonly where: number;
  readonly what: 'replace' | 'remove' | 'rename' | 'wrap' | 'repeat' | 'swap';
  readonly value: unknown;
  readonly key: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  where: fc.nat(10_000),
  what: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'rename', 'wrap', 'repeat', 'swap'),
  value: fc.oneof({ weight: 9, arbitrary: oddValue }, { weight: 1, arbitrary: placeholder }),
  key: oddString,
});

/** Bodies that are as they should be but for a few places. */
export function nearlyValid(body: fc.Arbitrary<object>): fc.Arbitrary<unknown> {
  return fc
    .tuple(body, fc.array(mutation, { minLength: 1, maxLength: 3 }))
    .map(([valid, mutations]) => mutations.reduce<unknown>(mutate, structuredClone(valid)));
}

type Container = Record<string, unknown>;
interface Place {
  readonly container: Container;
  readonly key: string;
}

function mutate(body: unknown, { where, what, value: given, key }: Mutation): unknown {
  // A copy: what is given may be given again, and the next change may be one within it.
  const value = structuredClone(given);
  const places = placesIn(body);
  const place = places[where % Math.max(1, places.length)];
  if (place === undefined) return value;
  const { container } = place;
  const here = container[place.key];
  switch (what) {
    case 'replace':
      container[place.key] = value;
      break;
    case 'remove':
      if (Array.isArray(container)) container.splice(Number(place.key), 1);
      else delete container[place.key];
      break;
    case 'rename':
      delete container[place.key];
      // By assignment `__proto__` would be no key.
      Object.defineProperty(container, key, { value: here, enumerable: true, configurable: true, writable: true });
      break;
    case 'wrap':
      container[place.key] = where % 2 === 0 ? [here] : { [key === '__proto__' ? 'proto' : key]: here };
      break;
    case 'repeat':
      if (Array.isArray(here)) container[place.key] = Array.from({ length: 1 + (where % 200) }, () => here).flat();
      else if (typeof here === 'string') container[place.key] = here.repeat(1 + (where % 50));
      break;
    case 'swap': {
      const other = places[(where * 7) % places.length];
      if (other === undefined) break;
      // Copies: one may be within the other.
      [container[place.key], other.container[other.key]] = structuredClone([other.container[other.key], here]);
    }
  }
  return body;
}

/** Every place in it that is not too deep. */
function placesIn(value: unknown, depth = 0): Place[] {
  if (typeof value !== 'object' || value === null || depth > 8) return [];
  const container = value as Container;
  return Object.keys(container).flatMap((key) => [{ container, key }, ...placesIn(container[key], depth + 1)]);
}
