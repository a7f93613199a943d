/** Prints one table; every figure is of this run, on this machine, with the mock API answering at once. */
import { cacheRows } from './rows/cache-rows.ts';
import { conversationMemoryRows } from './rows/conversation-memory-rows.ts';
import { firstTokenRows } from './rows/first-token-rows.ts';
import { followUpRows } from './rows/follow-up-rows.ts';
import { otherServerRows } from './rows/other-server-rows.ts';
import { reaches, toTable, type Row } from './rows/row.ts';
import { slowReaderRows } from './rows/slow-reader-rows.ts';
import { storageRows } from './rows/storage-rows.ts';
import { streamRows } from './rows/stream-rows.ts';
import { memoryRows, throughputRows } from './rows/throughput-rows.ts';
import { toolRows } from './rows/tool-rows.ts';

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
