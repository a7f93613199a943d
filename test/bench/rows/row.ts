/** One line of the benchmark's table. */
export interface Row {
  readonly measure: string;
  readonly value: string;
  readonly against: string;
  /** What the target is about: a ratio, or an amount in its unit. */
  readonly result: number;
  readonly unit: 'x' | 'ms' | 'kB' | 'MB';
  /** Absent for what is told for information. */
  readonly target?: { readonly atMost: number } | { readonly atLeast: number };
}

export function reaches({ result, target }: Row): boolean {
  if (target === undefined) return true;
  return 'atMost' in target ? result <= target.atMost : result >= target.atLeast;
}

export function toTable(rows: readonly Row[]): string {
  const lines = rows.map(
    (row) => `| ${row.measure} | ${row.value} | ${row.against} | ${row.result.toFixed(2)} ${row.unit} | ${judge(row)} |`,
  );
  return ['| measure | gateway | against | result | must be | reached |', '| --- | --- | --- | --- | --- | --- |', ...lines].join('\n');
}

function judge(row: Row): string {
  const { target, unit } = row;
  if (target === undefined) return '- | -';
  const bound = 'atMost' in target ? `<= ${target.atMost}` : `>= ${target.atLeast}`;
  return `${bound} ${unit} | ${reaches(row) ? 'yes' : 'NO'}`;
}
