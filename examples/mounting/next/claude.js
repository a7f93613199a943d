import { createApp } from '@claude-code-api/node';

/** One for the process: in development Next loads this file anew with every change. */
export function claude() {
  globalThis.claude ??= createApp();
  return globalThis.claude;
}
