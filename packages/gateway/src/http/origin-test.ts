const form = /^([a-z][a-z0-9+.-]*:\/\/)(\*\.)?([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d+|:\*)?\/?$/;
const usualPorts: Readonly<Record<string, string>> = { 'http://': ':80', 'https://': ':443' };

/**
 * Tells which origins some patterns stand for: `https://example.org`, `http://localhost:*` for any port, `https://*.example.org` for any name before
 * it, `null` for pages without an origin, `*` for all. Case and a slash at the end make no difference.
 *
 * @throws {TypeError} For a pattern that no origin could match.
 */
export function originTest(patterns: readonly string[]): (origin: string) => boolean {
  const tests = patterns.map(toTest);
  return (origin) => tests.some((test) => test(origin.toLowerCase()));
}

function toTest(pattern: string): (origin: string) => boolean {
  const wanted = pattern.toLowerCase();
  if (wanted === '*') return () => true;
  if (wanted === 'null') return (origin) => origin === wanted;
  const [, scheme = '', anyName, host = '', port = ''] = form.exec(wanted) ?? [];
  if (host === '') {
    throw new TypeError(
      `'${pattern}' is no origin. Write it as https://example.org, http://localhost:*, https://*.example.org, or * for all.`,
    );
  }
  // Browsers leave the usual port out.
  const end = port === usualPorts[scheme] || port === ':*' ? '' : port;
  return (origin) => {
    const own = port === ':*' ? origin.replace(/:\d+$/, '') : origin;
    if (anyName === undefined) return own === scheme + host + end;
    return own.startsWith(scheme) && own.endsWith(`.${host}${end}`) && own.length > `${scheme}.${host}${end}`.length;
  };
}
