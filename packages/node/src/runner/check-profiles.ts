import type { Logger } from '@claude-code-api/gateway';
import type { AgentProfile } from './agent-profile.ts';
import { isWithin } from './is-within.ts';
import { realPathOf } from './real-path-of.ts';

/**
 * Looks for profiles that can't be had on this machine, or that allow more than they seem to.
 *
 * @param workRoot Where the working directories of conversations are.
 * @throws {Error} When one can't be had.
 */
export function checkProfiles(profiles: Readonly<Record<string, AgentProfile>>, workRoot: string, logger: Logger): void {
  for (const [name, profile] of Object.entries(profiles)) {
    if (profile.permissionMode === 'bypassPermissions' && process.getuid?.() === 0) {
      throw new Error(
        `The profile '${name}' skips permissions (bypassPermissions), which can not be used as root: run the server as another user, or choose another permission mode.`,
      );
    }
    const around = profile.additionalDirectories.find((directory) => isWithin(realPathOf(workRoot), realPathOf(directory)));
    if (profile.workingDirectory === undefined && around !== undefined) {
      throw new Error(
        `The profile '${name}' may reach '${around}', which holds the working directories of all conversations ('${workRoot}'): name another place in claude.work_root, or give the profile a fixed working directory.`,
      );
    }
    // A rule for files holds for a command that names them, not for one that searches through a directory.
    if (profile.tools.includes('Bash') && reachesProtected(profile)) {
      logger.warn(
        { profile: name },
        'commands of this profile can find what is protected in its directories: move that elsewhere, or leave out Bash',
      );
    }
  }
}

function reachesProtected({ workingDirectory, additionalDirectories, protectedPaths }: AgentProfile): boolean {
  const reach = (workingDirectory === undefined ? additionalDirectories : [workingDirectory, ...additionalDirectories]).map(realPathOf);
  return protectedPaths.some((path) => reach.some((directory) => isWithin(realPathOf(path), directory)));
}
