/** The beginning of a text that a caller sent, of which there may be megabytes. */
export function shorten(text: string, maxCharacters: number): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters)}...`;
}
