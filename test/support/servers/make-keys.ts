import { createKey, hashKey } from '@claude-code-api/node';

export interface MadeKeys {
  /** The key of each name. */
  readonly keys: Readonly<Record<string, string>>;
  /** For the server. */
  readonly settings: { readonly 'server.api_keys': string };
}

/** A key for each name, with what it may do. */
export function makeKeys(allowed: Readonly<Record<string, object>>): MadeKeys {
  const keys = Object.fromEntries(Object.keys(allowed).map((name) => [name, createKey()]));
  const setting = Object.fromEntries(Object.entries(allowed).map(([name, more]) => [name, { hash: hashKey(keys[name] ?? ''), ...more }]));
  return { keys, settings: { 'server.api_keys': JSON.stringify(setting) } };
}
