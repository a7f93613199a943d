const mask = '[masked]';

/** Between a name and its value: in a header's text, in `NAME=value`, in JSON, and in JSON within a JSON string. */
const is = String.raw`\\*["']?\s*[:=]\s*\\*["']?`;
const names =
  '(?:api[-_]?key|authorization|password|passwd|passphrase|secret(?:[-_]access[-_]key)?|(?:access|auth|oauth|refresh|session)[-_]?token)';
const scheme = '(?:(?:Bearer|Basic|Token) +)?';
const value = String.raw`[^\s"'\\,;&<>{}]{6,}`;

/** What secrets look like, and what takes their place. Each begins with letters that are rare, for speed. */
const patterns: readonly (readonly [RegExp, string | ((found: string, more: string | undefined) => string)])[] = [
  // Not the end of a word, as in `risk-averse`; a line break in JSON ends in a letter too.
  [/sk-(?<=(?:^|[^A-Za-z0-9]|\\[bfnrt]|\\u[\da-f]{4})sk-)[\w-]{8,}|sk-ant-[\w-]{4,}/g, mask],
  [/ccapi_[\w-]{8,}/g, mask],
  [/gh[oprsu]_\w{16,}|github_pat_\w{16,}/g, mask],
  [/A(?:KIA|SIA)[A-Z0-9]{16}/g, mask],
  // A JSON web token; what only begins like one is passed over whole, since it may begin so many times.
  [/eyJ[\w-]{6,}(\.[\w-]{6,}(?:\.[\w-]*)?)?/g, (found, more) => (more === undefined ? found : mask)],
  [/(:\/\/)[^\s"'\\/?#@]+(?:@[^\s"'\\/?#@]+)*@/g, `$1${mask}@`],
  [/([Bb]earer|BEARER)( +)[^\s"'\\,;<>]{8,}/g, `$1$2${mask}`],
  // Words may follow it in a text as well; credentials are no word.
  [/([Bb]asic|BASIC)( +)(?=[a-z+/]*[\dA-Z=])[\w+/]{6,}={0,2}/g, `$1$2${mask}`],
  [new RegExp(`(${names}${is}${scheme})${value}`, 'gi'), `$1${mask}`],
  // Headers as a list of names and values; what a colon follows is the next name of an object.
  [new RegExp(String.raw`((?:x-api-key|authorization)\\*["'],\s*\\*["']${scheme})(?!${value}\\*["']:)${value}`, 'gi'), `$1${mask}`],
];

/**
 * Makes what takes secrets out of a text: those that are known, and what looks like one: keys, tokens, credentials in headers and URLs.
 * JSON stays JSON.
 *
 * @param secrets Known ones. Those of fewer than 8 characters are left out, since they could be anything.
 */
export function createSecretMask(secrets: readonly string[] = []): (text: string) => string {
  const known = toKnownPattern(secrets);
  return (text) => {
    let masked = known === undefined ? text : text.replace(known, mask);
    for (const [pattern, replacement] of patterns) {
      masked = typeof replacement === 'string' ? masked.replace(pattern, replacement) : masked.replace(pattern, replacement);
    }
    return masked;
  };
}

function toKnownPattern(secrets: readonly string[]): RegExp | undefined {
  const forms = new Set(secrets.filter((secret) => secret.length >= 8).flatMap(formsOf));
  if (forms.size === 0) return undefined;
  // One may be the beginning of another.
  const longestFirst = [...forms].toSorted((one, other) => other.length - one.length);
  return new RegExp(longestFirst.map((form) => form.replaceAll(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`)).join('|'), 'g');
}

/** As it is, in a URL, and in JSON: of a log line, of a text within it, and of one within that. */
function formsOf(secret: string): string[] {
  const once = inJson(secret);
  const twice = inJson(once);
  return [secret, inUrl(secret), once, twice, inJson(twice)];
}

function inUrl(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    // Half a character can't be in a URL.
    return text;
  }
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
