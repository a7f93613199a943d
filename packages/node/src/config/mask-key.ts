import type { KeySettings } from './key-schema.ts';

/** A key as it may be shown. Its hash is no way in, but tells whether somebody has this key. */
export function maskKey(key: KeySettings): KeySettings {
  return { ...key, hash: 'sha256:********' };
}
