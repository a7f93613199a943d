/** What becomes of a parameter: Claude's own, made up for here, accepted without effect, or refused. */
export type Support = 'native' | 'emulated' | 'ignored' | 'rejected';

export interface Parameter {
  readonly support: Support;
  /** For an ignored one: whether a value asks for nothing that Claude would not do anyway. */
  readonly isHarmless?: (value: unknown) => boolean;
}

/** Tells whether a value is one of these. */
export const equals =
  (...harmless: readonly unknown[]) =>
  (value: unknown): boolean =>
    harmless.includes(value);

const printable = /^[\w.-]{1,64}$/;

/**
 * The keys of a request that have no effect: ignored parameters with a wish in them, and unknown keys.
 *
 * @param parameters All that there are.
 */
export function ineffectiveKeys(parameters: Readonly<Record<string, Parameter>>, request: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(request).flatMap(([key, value]) => {
    if (value === null || value === undefined) return [];
    const row = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
    if (row === undefined) return printable.test(key) ? [key] : [];
    return row.support === 'ignored' && row.isHarmless?.(value) !== true ? [key] : [];
  });
}
