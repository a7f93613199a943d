/** What one check of the doctor's has found out. */
export interface CheckResult<Found = unknown> {
  /** `warn`: it works, and is better mended; `skipped`: it can't be told, since something that it needs has failed. */
  readonly status: 'ok' | 'warn' | 'fail' | 'skipped';
  /** For people; may have several lines. */
  readonly what: string;
  /** How to mend it. */
  readonly advice?: string;
  /** What later checks need. */
  readonly found?: Found;
}
