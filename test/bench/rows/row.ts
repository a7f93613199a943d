/** One line of the benchmark's table. */
export interface Row {
  readonly measure: string;
  readonly value: string;
  readonly against: string;
  /** What the target is about: a ratio, or an amount in its unit. */
  readonly result: number;
  readonly unit: 'x' | 'ms' | 'kB' | 'MB' | '%';
  /** Absent for what is told for information. */
  readonly target?: { readonly atMost: number } | { readonly atLeast: number };
}

export function reaches({ result, target }: Row): boolean {
  if (target === undefined) return true;
  return 'atMost' in target ? result <= target.atMost : result >= target.atLeast;
}

/** @param isJudged Whether the machine was quiet enough to say whether a target is reached. */
export function toTable(rows: readonly Row[], isJudged: boolean): string {
  const lines = rows.map(
    (row) => `| ${row.measure} | ${row.value} | ${row.against} | ${row.result.toFixed(2)} ${row.unit} | ${judge(row, isJudged)} |`,
  );
  return ['| measure | gateway | against | result | must be | reached |', '| --- | --- | --- | --- | --- | --- |', ...lines].join('\n');
}

function judge(row: Row, isJudged: boolean): string {
  const { target, unit } = row;
  if (target === undefined) return '- | -';
  const bound = 'atMost' in target ? `<= ${target.atMost}` : `>= ${target.atLeast}`;
  return `${bound} ${unit} | ${isJudged ? (reaches(row) ? 'yes' : 'NO') : '?'}`;
}
