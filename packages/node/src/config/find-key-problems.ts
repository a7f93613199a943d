import type { KeySettings } from './key-schema.ts';

export interface KeyProblem {
  /** Within the table of keys: the key's name, and its setting. */
  readonly path: readonly [string, keyof KeySettings];
  readonly message: string;
}

/** What is wrong with keys that are well formed each for itself. */
export function findKeyProblems(keys: Readonly<Record<string, KeySettings>>, profiles: readonly string[]): KeyProblem[] {
  const known = new Set(['*', ...profiles]);
  const owners = new Map<string, string>();
  return Object.entries(keys).flatMap(([name, key]) => {
    const owner = owners.get(key.hash);
    owners.set(key.hash, name);
    const unknown = key.profiles.filter((profile) => !known.has(profile));
    return [
      ...unknown.map((profile): KeyProblem => ({ path: [name, 'profiles'], message: `there is no profile '${profile}'` })),
      ...(owner === undefined ? [] : [{ path: [name, 'hash'], message: `it is the hash of '${owner}' too` } satisfies KeyProblem]),
    ];
  });
}
