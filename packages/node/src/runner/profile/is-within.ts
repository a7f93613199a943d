import { isAbsolute, relative } from 'node:path';

/** Whether a path is a directory, or lies somewhere in it. Both are absolute. */
export function isWithin(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === '' || (!isAbsolute(way) && way.split(/[\\/]/)[0] !== '..');
}
