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

/** What an error says, for whoever runs the server. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const words = { ok: 'ok', warn: 'warn', fail: 'FAIL', skipped: 'skipped' } as const;
const width = 'skipped  '.length;

/** How a check's result is printed: `ok       Port: ...`, and below it what to do. */
export function toReport(name: string, { status, what, advice }: CheckResult): string {
  const lines = [`${name}: ${what}`, ...(advice === undefined ? [] : [advice])].flatMap((text) => text.split('\n'));
  return lines.map((line, index) => (index === 0 ? words[status] : '').padEnd(width) + line).join('\n');
}
