/** Where a gateway learns of machines. */
export type MachineSource =
  | { readonly kind: 'url'; readonly url: string }
  /** A file with a URL a line; empty lines, and those that begin with `#`, say nothing. */
  | { readonly kind: 'file'; readonly path: string }
  /** Every address of the name in the URL. */
  | { readonly kind: 'dns'; readonly url: URL }
  /** A set in the Redis of `storage.url`, by the name `machines` behind its prefix. */
  | { readonly kind: 'redis' };

/** What a line of `claude.machines` says; undefined for what says nothing of a machine. */
export function parseMachineSource(text: string): MachineSource | undefined {
  if (text === 'redis:') return { kind: 'redis' };
  if (text.startsWith('file:') && text.length > 'file:'.length) return { kind: 'file', path: text.slice('file:'.length) };
  if (text.startsWith('dns:')) {
    const url = toUrl(text.slice('dns:'.length));
    // A certificate is for a name, which its addresses do not have.
    return url?.protocol === 'http:' ? { kind: 'dns', url } : undefined;
  }
  const url = toUrl(text);
  return url === undefined ? undefined : { kind: 'url', url: text.replace(/\/+$/, '') };
}

/** A base URL without a password; undefined for anything else. */
export function toUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return isPlain && ['http:', 'https:'].includes(url.protocol) ? url : undefined;
}
