/** A regular expression, as far as it can be matched without going back: everything of JavaScript's but back references. */
export type PatternNode =
  | { readonly type: 'character'; readonly fits: (codePoint: number) => boolean }
  | { readonly type: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly type: 'choice'; readonly options: readonly PatternNode[] }
  | { readonly type: 'repeat'; readonly of: PatternNode; readonly min: number; readonly max: number }
  | { readonly type: 'edge'; readonly edge: PatternEdge }
  | { readonly type: 'look'; readonly of: PatternNode; readonly behind: boolean; readonly negative: boolean };

/** The start, the end, a word's edge, or no word's edge. */
export type PatternEdge = '^' | '$' | 'b' | 'B';
