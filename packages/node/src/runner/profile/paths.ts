import { isAbsolute, relative, basename, dirname, join, resolve } from 'node:path';
import { realpathSync } from 'node:fs';

/** Whether a path is a directory, or lies somewhere in it. Both are absolute. */
export function isWithin(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === '' || (!isAbsolute(way) && way.split(/[\\/]/)[0] !== '..');
}

/** The absolute path that another leads to, whatever links are on the way; of one that is not there, as far as it is. */
export function realPathOf(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync.native(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(realPathOf(parent), basename(absolute));
  }
}
