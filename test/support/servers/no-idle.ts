/** Flags with which a command has no process wait, whose start would be for nothing. */
export const noIdle = ['--claude.min_idle_processes=0', '--claude.max_idle_processes=0'];
