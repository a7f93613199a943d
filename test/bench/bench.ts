/** Prints one table; every figure is of this run, on this machine, with the mock API answering at once. */
import { firstTokenRows } from './first-token-rows.ts';
import { reaches, toTable, type Row } from './row.ts';
import { toolRows } from './tool-rows.ts';
import { memoryRows, throughputRows } from './throughput-rows.ts';

const samples = Number(process.env['BENCH_SAMPLES'] ?? 20);
const rows: Row[] = [
  ...(await throughputRows()),
  ...(await memoryRows()),
  ...(await firstTokenRows(samples)),
  ...(await toolRows(samples)),
];
console.log(toTable(rows));
process.exitCode = rows.every(reaches) ? 0 : 1;
