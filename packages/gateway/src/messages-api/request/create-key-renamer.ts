export interface KeyRenamer {
  /** Takes the next piece of JSON text, and gives what of it is known by then. */
  push(text: string): string;
  /** What is still held back, of a text that was cut. */
  end(): string;
}

/** Gives other names to the keys of JSON text as it comes, at any depth; all else stays as it is written, numbers of any length too. */
export function createKeyRenamer(names: ReadonlyMap<string, string>): KeyRenamer {
  const open: string[] = [];
  let key: string | undefined;
  let isKeyNext = false;
  let inText = false;
  let isEscaped = false;

  function take(character: string): string {
    if (inText) {
      if (key !== undefined) key += character;
      if (isEscaped) isEscaped = false;
      else if (character === '\\') isEscaped = true;
      else if (character === '"') {
        inText = false;
        const whole = key;
        key = undefined;
        return whole === undefined ? character : renamed(whole);
      }
      return key === undefined ? character : '';
    }
    if (character === '"') {
      inText = true;
      if (!isKeyNext) return character;
      isKeyNext = false;
      key = character;
      return '';
    }
    if (character === '{' || character === '[') open.push(character);
    else if (character === '}' || character === ']') open.pop();
    if (character === '{' || character === ',') isKeyNext = open.at(-1) === '{';
    else if (character.trim() !== '') isKeyNext = false;
    return character;
  }

  function renamed(text: string): string {
    try {
      const name: unknown = JSON.parse(text);
      const other = typeof name === 'string' ? names.get(name) : undefined;
      return other === undefined ? text : JSON.stringify(other);
    } catch {
      return text;
    }
  }

  return {
    push: (text) => Array.from(text, take).join(''),
    end() {
      const held = key ?? '';
      key = undefined;
      return held;
    },
  };
}
