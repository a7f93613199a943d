import type { Logger } from '../ports/logger.ts';

const quietMs = 60_000;

/** Logs warnings, and each of them at most once a minute, so that what fails for every request does not fill the log. */
export function createRareWarnings(logger: Logger, now: () => number): (message: string, error?: unknown) => void {
  const warnedAt = new Map<string, number>();
  return (message, error) => {
    const last = warnedAt.get(message);
    if (last !== undefined && now() - last < quietMs) return;
    warnedAt.set(message, now());
    logger.warn(error === undefined ? {} : { error }, message);
  };
}
