import type { Logger } from './logger.ts';

const ignore = (): void => {};

/** The logger of an app that was given none. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
