const maxDepth = 128;
const maxValues = 20_000;
const maxCharacters = 500_000;

/** Says why a JSON Schema is too large for all that must go through it; undefined when it is not. Looks at no more than it may hold. */
export function problemOfSize(schema: unknown): string | undefined {
  let values = 0;
  let characters = 0;
  let level: unknown[] = [schema];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) return `it is nested more than ${maxDepth} levels deep`;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value === 'string') characters += value.length;
      if (typeof value !== 'object' || value === null) continue;
      for (const key of Object.keys(value)) {
        values += 1;
        if (!Array.isArray(value)) characters += key.length;
        if (values > maxValues) return `it holds more than ${maxValues} values`;
        next.push(Reflect.get(value, key));
      }
    }
    if (characters > maxCharacters) return `it has more than ${maxCharacters} characters`;
    level = next;
  }
  return undefined;
}
