/** A text of at most `maxCharacters`, or its first ones and `...`: for messages that quote callers, who may send megabytes. */
export function shorten(text: string, maxCharacters: number): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters)}...`;
}
