/** Reads the text that a custom tool takes out of the JSON object that Claude writes it in, as it comes. */
export interface CustomInput {
  /** Takes the next piece of the JSON and gives what it adds to the text. */
  add(json: string): string;
  /** What is left when the call is whole. */
  end(): string;
}

const opening = /^\s*\{\s*"input"\s*:\s*"/;
/** Whole characters of a JSON string: half of a pair waits for the other half. */
const characters = /^(?:[^"\\]+|\\["\\/bfnrt]|\\u(?!d[89ab])[\da-f]{4}|\\ud[89ab][\da-f]{2}(?:\\u[\da-f]{4}|(?=[^\\]|\\[^u])))*/i;
const controls: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

export function createCustomInput(): CustomInput {
  let pending = '';
  let state: 'before' | 'within' | 'after' = 'before';

  return {
    add(json) {
      if (state === 'after') return '';
      pending += json;
      if (state === 'before') {
        const [begun] = opening.exec(pending) ?? [];
        if (begun === undefined) return '';
        pending = pending.slice(begun.length);
        state = 'within';
      }
      const [told = ''] = characters.exec(pending) ?? [];
      pending = pending.slice(told.length);
      if (pending.startsWith('"')) state = 'after';
      return told.replaceAll(/\\(?:u[\da-f]{4}|.)/gi, characterOf);
    },
    // Another object than was asked for is told as it is.
    end: () => (state === 'before' ? textOf(pending) : ''),
  };
}

function characterOf(escape: string): string {
  const letter = escape.charAt(1);
  return letter === 'u' && escape.length > 2 ? String.fromCharCode(Number.parseInt(escape.slice(2), 16)) : (controls[letter] ?? letter);
}

function textOf(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== 'object' || value === null) return json;
    const input: unknown = Reflect.get(value, 'input');
    return typeof input === 'string' ? input : Object.keys(value).length === 0 ? '' : json;
  } catch {
    return json;
  }
}
