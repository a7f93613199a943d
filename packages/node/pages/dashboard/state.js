import { keyName, readTab } from '../shared/tab.js';

export const windowName = 'claude-code-api-window';

/** What is known, and what of it is chosen to be seen. */
export const state = {
  stats: undefined,
  readAt: undefined,
  failing: undefined,
  key: readTab(keyName),
  window: readTab(windowName) ?? 'start',
  isPaused: false,
  isGated: false,
};

/** The chosen part of the time that was counted. */
export const windowOf = (stats) => stats.last_minutes[state.window] ?? stats.since_start;
