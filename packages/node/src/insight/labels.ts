/** What stands for every value that is not told apart. */
export const otherValue = 'other';

const maxLength = 128;

/** How many sets of labels a metric has at most, beside those of `others`. */
const maxLabelSets = 1000;

/**
 * Bounds the values that one label can have, since callers choose some of them: after the first 100 each further one is `other`.
 * They are cut at 128 characters, and what no text can hold is replaced.
 */
export function createLabelValues(max = 100): (value: string | undefined) => string {
  const known = new Set(['']);
  return (value = '') => {
    if (known.has(value)) return value;
    // Two values must not become one when they are sent: Prometheus refuses a text with the same series twice.
    const clean = value.slice(0, maxLength).replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd');
    if (known.has(clean)) return clean;
    if (known.size > max) return otherValue;
    known.add(clean);
    return clean;
  };
}

/**
 * Bounds how many sets of labels there are, however few values each of them has: after the first 1000 each further one has the
 * values of `others` in the place of its own.
 */
export function createLabelSets<Label extends string>(
  others: Readonly<Partial<Record<Label, string>>>,
  max = maxLabelSets,
): (labels: Readonly<Record<Label, string>>) => Readonly<Record<Label, string>> {
  const known = new Set<string>();
  return (labels) => {
    const id = Object.values(labels).join('\n');
    if (known.has(id)) return labels;
    if (known.size >= max) return { ...labels, ...others };
    known.add(id);
    return labels;
  };
}
