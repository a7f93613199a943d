import { canonicalJson } from './canonical-json.ts';
import { evaluatedKeys } from './evaluated-keys.ts';
import { limitKeyword, type CheckContext, type Checked, type Keyword, type Problem } from './keyword.ts';

/** Keywords for arrays. */
export const arrayKeywords: Readonly<Record<string, Keyword>> = {
  prefixItems: (wants, checked, _schema, context) =>
    Array.isArray(wants) ? each(checked, context, (index) => (index < wants.length ? wants[index] : true)) : undefined,
  // A list is what `prefixItems` was before 2020.
  items(wants, checked, { prefixItems }, context) {
    if (Array.isArray(wants)) return each(checked, context, (index) => (index < wants.length ? wants[index] : true));
    const first = Array.isArray(prefixItems) ? prefixItems.length : 0;
    return each(checked, context, (index) => (index < first ? true : wants));
  },
  additionalItems: (wants, checked, { items }, context) =>
    Array.isArray(items) ? each(checked, context, (index) => (index < items.length ? true : wants)) : undefined,
  unevaluatedItems(wants, checked, schema, context) {
    if (!Array.isArray(checked.value)) return undefined;
    const evaluated = evaluatedKeys(checked, schema, context);
    return each(checked, context, (index) => (evaluated.has(String(index)) ? true : wants));
  },
  contains(wants, checked, { minContains, maxContains }, context) {
    const { value, place } = checked;
    if (!Array.isArray(value)) return undefined;
    const found = value.filter((item: unknown) => context.check({ value: item, place }, wants) === undefined).length;
    const least = typeof minContains === 'number' ? minContains : 1;
    const most = typeof maxContains === 'number' ? maxContains : Number.POSITIVE_INFINITY;
    if (found >= least && found <= most) return undefined;
    return { place, tell: () => `it has ${found} of the items that it must contain` };
  },
  minItems: limitKeyword(sizeOf, (size, limit) => size >= limit, 'not have fewer items than'),
  maxItems: limitKeyword(sizeOf, (size, limit) => size <= limit, 'not have more items than'),
  uniqueItems(wants, { value, place }, _schema, context) {
    if (wants !== true || !Array.isArray(value)) return undefined;
    const seen = new Set<string>();
    for (const [index, item] of value.entries()) {
      if (seen.size === seen.add(canonicalJson(item, context)).size)
        return { place: { key: index, within: place }, tell: () => 'it must not be there twice' };
    }
    return undefined;
  },
};

/** Checks each item by the schema that there is for it. */
function each({ value, place }: Checked, context: CheckContext, schemaOf: (index: number) => unknown): Problem | undefined {
  if (!Array.isArray(value)) return undefined;
  for (const [index, item] of value.entries()) {
    const problem = context.check({ value: item, place: { key: index, within: place } }, schemaOf(index));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function sizeOf(value: unknown): number | undefined {
  return Array.isArray(value) ? value.length : undefined;
}
