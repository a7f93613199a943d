const maxDepth = 256;

/**
 * Whether JSON is nested too deeply for what goes through it level by level, JSON.stringify for one. No sensible request is nested
 * a tenth as deeply.
 */
export function isTooDeep(value: unknown): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === maxDepth) return true;
    level = level.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return false;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
