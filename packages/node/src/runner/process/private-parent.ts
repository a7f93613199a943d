import { accessSync, constants } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentProfile } from '../profile/agent-profile.ts';
import { isWithin } from '../profile/is-within.ts';
import { realPathOf } from '../profile/real-path-of.ts';

/**
 * Where the private directory of a runner is made: in the place for temporary files, or, where a profile opens that, in `/var/tmp` or the
 * user's `.cache`. Where all of them are open, it is the first all the same.
 */
export function privateParentOf(profiles: Readonly<Record<string, AgentProfile>>): string {
  const open = Object.values(profiles).flatMap(({ workingDirectory, additionalDirectories }) =>
    workingDirectory === undefined ? additionalDirectories : [workingDirectory, ...additionalDirectories],
  );
  const reach = open.map(realPathOf);
  const usual = realPathOf(tmpdir());
  const isApart = (path: string): boolean => !reach.some((directory) => isWithin(path, directory));
  if (isApart(usual)) return usual;
  const others = ['/var/tmp', join(homedir(), '.cache')].map(realPathOf);
  return others.find((path) => isApart(path) && isUsable(path)) ?? usual;
}

function isUsable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
