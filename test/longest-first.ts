import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take half a minute or more on an idle machine: begun last, they would have the others wait. */
const long = [
  'clients/python',
  'packages',
  'runtimes/runtimes',
  'fleet/fleet',
  'attacks/shared-directory',
  'endurance/kills/killed-server',
  'endurance/soak/hostile/hostile-soak',
  'endurance/soak/soak',
  'cli/follow-up',
  'cli/fidelity',
  'cli/live-processes',
  'cli/subscription-login',
  'faults/broken-streams',
  'faults/retries',
  'dialects/chat-completions/tools-rebuilt',
  'server/stopping',
];

/** Those that take long first, then other files with real processes, and at last those that need none. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- this is no array
    const sorted = await super.sort(files);
    const rankOf = ({ moduleId, project }: TestSpecification): number => {
      const place = long.indexOf(relative(import.meta.dirname, moduleId).replace(/\.test\.ts$/, ''));
      if (place >= 0) return place;
      return project.name === 'unit' ? long.length + 1 : long.length;
    };
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}
