/**
 * Prints one table; every figure is of this run, on this machine, with the mock API answering at once. Named groups alone are run where
 * some are named: `npm run bench -- follow-up tools`.
 */
import { cacheRows } from './rows/cache-rows.ts';
import { conversationMemoryRows } from './rows/conversation-memory-rows.ts';
import { cpuRows } from './rows/cpu-rows.ts';
import { dialectRows } from './rows/dialect-rows.ts';
import { eventRateRows } from './rows/event-rate-rows.ts';
import { firstTokenRows } from './rows/first-token-rows.ts';
import { fleetRows } from './rows/fleet-rows.ts';
import { followUpRows } from './rows/follow-up-rows.ts';
import { historyRows } from './rows/history-rows.ts';
import { otherServerRows } from './rows/other-server-rows.ts';
import { reaches, toTable, type Row } from './rows/row.ts';
import { promptCacheRows } from './rows/prompt-cache-rows.ts';
import { remoteRows } from './rows/remote-rows.ts';
import { slowReaderRows } from './rows/slow-reader-rows.ts';
import { storageRows } from './rows/storage-rows.ts';
import { streamMemoryRows } from './rows/stream-memory-rows.ts';
import { streamRows } from './rows/stream-rows.ts';
import { memoryRows, throughputRows } from './rows/throughput-rows.ts';
import { toolRows } from './rows/tool-rows.ts';
import { isQuiet, sayLoad, watchMachine } from './machine-load.ts';

const samples = Number(process.env['BENCH_SAMPLES'] ?? 20);
const groups: Readonly<Record<string, (samples: number) => Promise<Row[]>>> = {
  throughput: throughputRows,
  'event-rate': eventRateRows,
  streams: streamRows,
  'slow-readers': slowReaderRows,
  memory: memoryRows,
  'stream-memory': streamMemoryRows,
  'conversation-memory': conversationMemoryRows,
  storage: storageRows,
  cache: cacheRows,
  'follow-up': followUpRows,
  'other-server': otherServerRows,
  'first-token': firstTokenRows,
  history: historyRows,
  tools: toolRows,
  dialects: dialectRows,
  cpu: cpuRows,
  prompts: promptCacheRows,
  remote: async (count) => [...(await remoteRows(count)), ...(await fleetRows())],
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(groups, name));
if (unknown.length > 0) throw new Error(`There is no '${unknown.join("', '")}'. There are: ${Object.keys(groups).join(', ')}.`);

const toLoad = await watchMachine();
const rows: Row[] = [];
for (const [name, measure] of Object.entries(groups))
  if (named.length === 0 || named.includes(name)) rows.push(...(await measure(samples)));
const load = await toLoad();
console.log(`${toTable(rows, isQuiet(load))}\n\n${sayLoad(load)}`);
process.exitCode = isQuiet(load) && rows.every(reaches) ? 0 : 1;
