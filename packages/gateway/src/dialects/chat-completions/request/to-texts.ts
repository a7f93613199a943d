const maxPairs = 100;

/**
 * Metadata with its values as texts: of what is none its JSON, such as clients' lists of tags, and of null nothing.
 *
 * @param metadata Whatever stands there; what is no object stays.
 */
export function toTexts(metadata: unknown): unknown {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return metadata;
  // Of more pairs than it may have, nothing is made.
  if (Object.keys(metadata).length > maxPairs) return metadata;
  const entries = Object.entries(metadata).filter(([, value]) => value !== null);
  return Object.fromEntries(
    entries.map(([key, value]: [string, unknown]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
