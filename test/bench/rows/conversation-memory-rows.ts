import { startMockAnthropic } from '@claude-code-api/mock-anthropic';
import { readHealth } from '../../support/servers/read-health.ts';
import { askGateway } from '../ask-gateway.ts';
import { calm } from '../calm.ts';
import { load } from '../load.ts';
import { memoryOf } from '../memory-of.ts';
import type { Row } from './row.ts';
import { startScriptedServer } from '../servers/start-scripted-server.ts';
import { withResources } from '../with-resources.ts';

const stored = 10_000;
const messagesEach = 40;
/** They just fit. */
const roomMegabytes = 140;
const live = { before: 2, after: 10 };

/** What a stored conversation, and one whose process waits, take of the gateway's memory. */
export async function conversationMemoryRows(): Promise<Row[]> {
  return [await storedRow(), ...(await longRows()), ...(await liveRows())];
}

async function storedRow(): Promise<Row> {
  return withResources(async (keep) => {
    const server = keep(await startScriptedServer('server', { settings: { 'claude.max_concurrent_sessions': '50' } }));
    // What the server itself comes to need is there by then.
    await load(server.url, 2000);
    const before = (await memoryOf(server.url)).heapBytes;
    await load(server.url, stored);
    const kilobytes = ((await memoryOf(server.url)).heapBytes - before) / stored / 1000;
    return {
      measure: 'gateway memory (heap held after a collection) for each stored conversation of one exchange, memory',
      value: `${kilobytes.toFixed(1)} kB`,
      against: '-',
      result: kilobytes,
      unit: 'kB',
      target: { atMost: 8 },
    };
  });
}

/** Conversations with a history of some length; then as many again, twice, for which the first must make room. */
async function longRows(): Promise<Row[]> {
  const said = 'Some words, as many as people say. '.repeat(6);
  const history = Array.from({ length: messagesEach - 2 }, (_, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content: said }));
  const messages = [...history, { role: 'user', content: `${said}[<id>]` }];
  return withResources(async (keep) => {
    const settings = { 'claude.max_concurrent_sessions': '50', 'storage.max_megabytes': String(roomMegabytes) };
    const server = keep(await startScriptedServer('server', { settings }));
    await load(server.url, 2000, { messages: messages.slice(-1) });
    const before = (await memoryOf(server.url)).heapBytes;
    await load(server.url, stored, { messages });
    const full = (await memoryOf(server.url)).heapBytes;
    await load(server.url, 2 * stored, { messages });
    const later = (await memoryOf(server.url)).heapBytes;
    const kilobytes = (full - before) / stored / 1000;
    return [
      {
        measure: `gateway memory (heap held after a collection) for ${stored} stored conversations of ${messagesEach} messages, memory`,
        value: `${((full - before) / 1e6).toFixed(0)} MB`,
        against: `what is said in them: ${((stored * messagesEach * said.length) / 1e6).toFixed(0)} MB`,
        result: kilobytes,
        unit: 'kB',
        target: { atMost: 25 },
      },
      {
        measure: 'the same when twice as many more have come, and the first have gone',
        value: `${(later / 1e6).toFixed(0)} MB`,
        against: `before them: ${(full / 1e6).toFixed(0)} MB`,
        result: later / full,
        unit: 'x',
        target: { atMost: 1.1 },
      },
    ];
  });
}

async function liveRows(): Promise<Row[]> {
  return withResources(async (keep) => {
    const mock = keep(await startMockAnthropic());
    const environment = { ANTHROPIC_API_KEY: 'sk-ant-bench-key', ANTHROPIC_BASE_URL: mock.url };
    const server = keep(await startScriptedServer('live', { environment }));
    const before = await converseUpTo(live.before, server.url);
    const after = await converseUpTo(live.after, server.url);
    const kilobytes = (after.heapBytes - before.heapBytes) / (live.after - live.before) / 1000;
    const ofCli = after.liveMemoryBytes / live.after / 1e6;
    return [
      {
        measure: 'gateway memory (heap held after a collection) for each live process',
        value: `${kilobytes.toFixed(0)} kB`,
        against: `${live.after} live, less ${live.before} live`,
        result: kilobytes,
        unit: 'kB',
        target: { atMost: 250 },
      },
      {
        measure: `gateway memory (resident) with ${live.after} live processes`,
        value: `${(after.residentBytes / 1e6).toFixed(0)} MB`,
        against: `with ${live.before}: ${(before.residentBytes / 1e6).toFixed(0)} MB`,
        result: after.residentBytes / before.residentBytes,
        unit: 'x',
      },
      {
        measure: `memory of a live CLI process itself, beside nine more (${after.liveMemoryKind})`,
        value: `${ofCli.toFixed(0)} MB`,
        against: '-',
        result: ofCli,
        unit: 'MB',
      },
    ];
  });
}

interface LiveMemory {
  readonly heapBytes: number;
  readonly residentBytes: number;
  /** What the live CLI processes hold together. */
  readonly liveMemoryBytes: number;
  /** How that is counted. */
  readonly liveMemoryKind: string;
}

/** Begins conversations until so many processes wait; the memory is then told. */
async function converseUpTo(count: number, url: string): Promise<LiveMemory> {
  for (;;) {
    await calm({ url });
    const { processes } = await readHealth(url);
    const { liveMemoryBytes, liveMemoryKind } = processes;
    if (processes.live === count) return { ...(await memoryOf(url)), liveMemoryBytes, liveMemoryKind };
    await askGateway(url, [{ role: 'user', content: `Hello ${processes.live}` }]);
  }
}
