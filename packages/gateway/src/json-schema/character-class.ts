const escapes = /\\(?:u\{[0-9a-f]+\}|[^])/giu;
/** What is an escape in JavaScript's own patterns, of letters and digits; others' letters mean what JavaScript's don't. */
const known = /^\\[dDwWsStnvfrbcxupP0]/;
const posixName = /\[:\w+:\]/;
/** What must stay escaped within brackets. */
const special = /^\\[\\\]^-]/;

/**
 * Which characters brackets such as `[^a-z\d]` stand for. They are read by the runtime's own engine, one character at a time, which
 * leaves it nothing to go back over.
 */
export function characterClass(source: string): ((codePoint: number) => boolean) | 'broken' | 'unsupported' {
  if (posixName.test(source)) return 'unsupported';
  let foreign = false;
  // Needless escapes are an error to the runtime's Unicode mode, and none to anyone else.
  const plain = source.replaceAll(escapes, (each) => {
    if (/^\\[a-z0-9]/i.test(each)) foreign ||= !known.test(each);
    return /^\\[a-z0-9]/i.test(each) || special.test(each) ? each : each.slice(1);
  });
  if (foreign) return 'unsupported';
  const expression = compile(`^${plain}$`, 'u') ?? compile(`^${plain}$`, '');
  return expression === undefined ? 'broken' : (codePoint) => expression.test(String.fromCodePoint(codePoint));
}

function compile(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}
