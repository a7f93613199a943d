import { tmpdir } from 'node:os';
import type { Logger } from '@claude-code-api/gateway';
import { type AgentProfile, hasShell } from './agent-profile.ts';
import { isWithin, realPathOf } from './paths.ts';

/**
 * Looks for profiles that can't be had on this machine, or that allow more than they seem to. Paths are compared by where they lead.
 *
 * @param workRoot Where the working directories of conversations are.
 * @throws {Error} When one can't be had.
 */
export function checkProfiles(profiles: Readonly<Record<string, AgentProfile>>, workRoot: string, logger: Logger): void {
  for (const [name, profile] of Object.entries(profiles)) {
    const isUnlimited = profile.permissionMode === 'bypassPermissions';
    if (isUnlimited && process.getuid?.() === 0) {
      throw new Error(
        `The profile '${name}' skips permissions (bypassPermissions), which can not be used as root: run the server as another user, or choose another permission mode.`,
      );
    }
    const around = profile.additionalDirectories.find((directory) => isReally(workRoot, directory));
    if (profile.workingDirectory === undefined && around !== undefined) {
      throw new Error(
        `The profile '${name}' may reach '${around}', which holds the working directories of all conversations ('${workRoot}'): name another place in claude.work_root, or give the profile a fixed working directory.`,
      );
    }
    const found = hasShell(profile) ? protectedIn(profile, workRoot) : undefined;
    if (found === undefined) continue;
    // A rule for files holds for a command that names them, not for one that searches through a directory.
    const problem = `The commands of the profile '${name}' can find what is protected ('${found}') in its directories: move that elsewhere, name other directories, or leave out Bash.`;
    if (!isUnlimited) throw new Error(problem);
    logger.warn({ profile: name }, problem);
  }
}

/** A protected path that a directory of the profile's holds, or is in. */
function protectedIn({ workingDirectory, additionalDirectories, protectedPaths }: AgentProfile, workRoot: string): string | undefined {
  const reach = workingDirectory === undefined ? additionalDirectories : [workingDirectory, ...additionalDirectories];
  const isReached = (path: string): boolean => reach.some((directory) => isReally(path, directory) || isReally(directory, path));
  // This server's own files are there too.
  return protectedPaths.find(isReached) ?? [workRoot, tmpdir()].find((path) => reach.some((directory) => isReally(path, directory)));
}

function isReally(path: string, directory: string): boolean {
  return isWithin(realPathOf(path), realPathOf(directory));
}
