import type { CheckResult } from './check-result.ts';

const words = { ok: 'ok', warn: 'warn', fail: 'FAIL', skipped: 'skipped' } as const;
const width = 'skipped  '.length;

/** How a check's result is printed: `ok       Port: ...`, and below it what to do. */
export function toReport(name: string, { status, what, advice }: CheckResult): string {
  const lines = [`${name}: ${what}`, ...(advice === undefined ? [] : [advice])].flatMap((text) => text.split('\n'));
  return lines.map((line, index) => (index === 0 ? words[status] : '').padEnd(width) + line).join('\n');
}
