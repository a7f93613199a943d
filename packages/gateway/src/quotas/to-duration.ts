/** A time as OpenAI's `x-ratelimit-reset-*` headers tell it: `12ms`, `1.2s`, `6m0s`, `23h59m1s`. */
export function toDuration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  if (ms < 60_000) return `${Math.ceil(ms / 100) / 10}s`;
  const seconds = Math.ceil(ms / 1000);
  const hours = Math.floor(seconds / 3600);
  return `${hours > 0 ? `${hours}h` : ''}${Math.floor((seconds % 3600) / 60)}m${seconds % 60}s`;
}
