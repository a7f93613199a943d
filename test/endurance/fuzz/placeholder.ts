import * as fc from 'fast-check';

/**
 * Stands for an id that only exists while the requests run: of a conversation of one's own, of an item, or of those of someone
 * else. With the number the same request picks the same one again.
 */
export const placeholder: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      { weight: 5, arbitrary: fc.constant('own') },
      { weight: 3, arbitrary: fc.constant('item') },
      { weight: 2, arbitrary: fc.constant('other') },
    ),
    fc.nat(50),
  )
  .map(([kind, index]) => `@@${kind}${index}@@`);

/** Ids that the placeholders stand for. */
export interface KnownIds {
  readonly own: readonly string[];
  readonly item: readonly string[];
  readonly other: readonly string[];
}

/** Puts ids in the place of placeholders, and nested values in the place of those that stand for such. */
export function fillPlaceholders(text: string, ids: KnownIds): string {
  const deep = text.replaceAll(/"@@(list|object)(\d+)@@"(?!:)/g, (_, kind: string, depth: string) => {
    const [open, close] = kind === 'list' ? ['[', ']'] : ['{"a":', '}'];
    return `${open.repeat(Number(depth))}1${close.repeat(Number(depth))}`;
  });
  return deep.replaceAll(/@@(own|item|other)(\d+)@@/g, (_, kind: keyof KnownIds, index: string) => {
    const known = ids[kind];
    return known[Number(index) % known.length] ?? 'conv_00000000000000000000000000000000';
  });
}
