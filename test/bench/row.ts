/** One line of the benchmark's table. */
export interface Row {
  readonly measure: string;
  readonly value: string;
  readonly against: string;
  /** What the target is about: a ratio, or milliseconds where it says so. */
  readonly result: number;
  readonly unit: 'x' | 'ms';
  readonly target: { readonly atMost: number } | { readonly atLeast: number };
}

export function reaches(row: Row): boolean {
  return 'atMost' in row.target ? row.result <= row.target.atMost : row.result >= row.target.atLeast;
}

export function toTable(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const target = 'atMost' in row.target ? `<= ${row.target.atMost}` : `>= ${row.target.atLeast}`;
    return `| ${row.measure} | ${row.value} | ${row.against} | ${row.result.toFixed(2)} ${row.unit} | ${target} ${row.unit} | ${reaches(row) ? 'yes' : 'NO'} |`;
  });
  return ['| measure | gateway | against | result | must be | reached |', '| --- | --- | --- | --- | --- | --- |', ...lines].join('\n');
}
