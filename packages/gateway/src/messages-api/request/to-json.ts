/**
 * JSON as the API reads it: halves of surrogate pairs, as texts have that were cut amid an emoji, are U+FFFD. It refuses whole requests for one
 * (https://github.com/anthropics/claude-code/issues/2108); the CLI writes the same.
 */
export function toJson(body: object): string {
  // Only lone halves are escaped (https://tc39.es/ecma262/#sec-quotejsonstring); what is a backslash itself comes in pairs.
  return JSON.stringify(body).replace(/(\\\\)|\\ud[89a-f][\da-f]{2}/g, (_, backslash?: string) => backslash ?? '\u{FFFD}');
}
