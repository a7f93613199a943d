/** Prints one table; every figure is of this run, on this machine, with the mock API answering at once. */
import { cacheRows } from './cache-rows.ts';
import { conversationMemoryRows } from './conversation-memory-rows.ts';
import { firstTokenRows } from './first-token-rows.ts';
import { followUpRows } from './follow-up-rows.ts';
import { otherServerRows } from './other-server-rows.ts';
import { reaches, toTable, type Row } from './row.ts';
import { slowReaderRows } from './slow-reader-rows.ts';
import { storageRows } from './storage-rows.ts';
import { streamRows } from './stream-rows.ts';
import { memoryRows, throughputRows } from './throughput-rows.ts';
import { toolRows } from './tool-rows.ts';

const samples = Number(process.env['BENCH_SAMPLES'] ?? 20);
const rows: Row[] = [
  ...(await throughputRows()),
  ...(await streamRows()),
  ...(await slowReaderRows()),
  ...(await memoryRows()),
  ...(await conversationMemoryRows()),
  ...(await storageRows(samples)),
  ...(await cacheRows(samples)),
  ...(await followUpRows(samples)),
  ...(await otherServerRows(samples)),
  ...(await firstTokenRows(samples)),
  ...(await toolRows(samples)),
];
console.log(toTable(rows));
process.exitCode = rows.every(reaches) ? 0 : 1;
