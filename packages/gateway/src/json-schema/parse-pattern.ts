import { characterClass } from './character-class.ts';

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

/** Deeper groups than anyone writes. */
const maxDepth = 50;
const quantifier = /(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})([?+]?)/y;
const groupStart = /\((?:\?(?:(:)|(<?[=!])|P?<\w+>|(.)))?/y;
const escape =
  /\\(?:u\{[0-9a-f]+\}|u[0-9a-f]{4}(?:(?<=u[dD][89abAB]..)\\u[dD][c-fC-F][0-9a-f]{2})?|x[0-9a-f]{2}|c[a-z]|[pP]\{[\w=]+\}|[^])/iy;
const characterSet = /\[(?:[^\]\\]|\\[^])*\]/y;

/**
 * Reads a regular expression: 'broken' for what is none in any dialect, 'unsupported' for what other dialects than JavaScript's say, and
 * for back references, which can't be matched without going back.
 */
export function parsePattern(text: string): PatternNode | 'broken' | 'unsupported' {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof NotParsed) return error.why;
    throw error;
  }
}

class NotParsed extends Error {
  readonly why: 'broken' | 'unsupported';
  constructor(why: 'broken' | 'unsupported') {
    super(why);
    this.why = why;
  }
}

function parse(text: string): PatternNode {
  let position = 0;
  let depth = 0;

  function take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = position;
    const match = expression.exec(text) ?? undefined;
    position += match?.[0].length ?? 0;
    return match;
  }

  function choice(): PatternNode {
    const options = [sequence()];
    while (text[position] === '|') {
      position += 1;
      options.push(sequence());
    }
    return options.length === 1 ? (options[0] ?? nothing) : { type: 'choice', options };
  }

  function sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (position < text.length && text[position] !== '|' && text[position] !== ')') parts.push(repeated(atom()));
    return { type: 'sequence', parts };
  }

  function repeated(of: PatternNode): PatternNode {
    const [whole = '', low, comma, high, mode] = take(quantifier) ?? [];
    if (whole === '') return of;
    if (mode === '+') throw new NotParsed('unsupported');
    const min = low === undefined ? (whole.startsWith('+') ? 1 : 0) : Number(low);
    const most = whole.startsWith('?') ? 1 : Number.POSITIVE_INFINITY;
    const max = low === undefined ? most : comma === undefined ? min : high ? Number(high) : most;
    if (max < min) throw new NotParsed('broken');
    return { type: 'repeat', of, min, max };
  }

  function atom(): PatternNode {
    const next = text[position] ?? '';
    if (next === '(') return group();
    if (next === '[') return characters(take(characterSet)?.[0]);
    if (next === '\\') return escaped(take(escape)?.[0]);
    if ('*+?'.includes(next)) throw new NotParsed('broken');
    const codePoint = text.codePointAt(position) ?? 0;
    position += codePoint > 0xffff ? 2 : 1;
    if (next === '^' || next === '$') return { type: 'edge', edge: next };
    if (next === '.') return characters(String.raw`[^\n\r\u2028\u2029]`);
    return { type: 'character', fits: (each) => each === codePoint };
  }

  function group(): PatternNode {
    const [, , look, other] = take(groupStart) ?? [];
    depth += 1;
    if (other !== undefined || depth > maxDepth) throw new NotParsed('unsupported');
    const of = choice();
    if (text[position] !== ')') throw new NotParsed('broken');
    position += 1;
    depth -= 1;
    return look === undefined ? of : { type: 'look', of, behind: look.startsWith('<'), negative: look.endsWith('!') };
  }

  const whole = choice();
  if (position < text.length) throw new NotParsed('broken');
  return whole;
}

const nothing: PatternNode = { type: 'sequence', parts: [] };

function escaped(source: string | undefined): PatternNode {
  if (source === String.raw`\b` || source === String.raw`\B`) return { type: 'edge', edge: source === String.raw`\b` ? 'b' : 'B' };
  return characters(source === undefined ? undefined : `[${source}]`);
}

function characters(source: string | undefined): PatternNode {
  const fits = source === undefined ? 'broken' : characterClass(source);
  if (typeof fits === 'string') throw new NotParsed(fits);
  return { type: 'character', fits };
}
