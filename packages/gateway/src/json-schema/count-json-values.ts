/** No sensible request is nested a tenth as deeply; what goes through JSON level by level takes no more. */
const maxDepth = 256;

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * How many values JSON stands for, before anything is made of it: each costs some hundred bytes and a microsecond, and three bytes of text.
 * Infinite for more than `max`, and for more than 256 levels.
 */
export function countJsonValues(text: string, max: number): number {
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === backslash) index += 1;
      else if (code === quote) inString = false;
    } else if (code === quote) inString = true;
    else if (code === comma) values += 1;
    else if (code === openList || code === openObject) {
      depth += 1;
      values += 1;
    } else if (code === closeList || code === closeObject) depth -= 1;
    if (values > max || depth > maxDepth) return Infinity;
  }
  return values;
}
