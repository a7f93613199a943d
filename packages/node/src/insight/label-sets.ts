/** How many sets of labels a metric has at most, beside those of `others`. */
const maxLabelSets = 1000;

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
