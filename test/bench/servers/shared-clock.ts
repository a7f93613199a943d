/** Milliseconds of a clock that all processes of a machine share; it never goes back, and no start of a process is part of it. */
export function sharedClock(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
