/** Lets the process end while a timer runs, on runtimes where it would wait for it. */
export function letEnd(timer: unknown): void {
  if (isHeld(timer)) timer.unref();
}

function isHeld(timer: unknown): timer is { unref(): void } {
  return typeof timer === 'object' && timer !== null && 'unref' in timer;
}
