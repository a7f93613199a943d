import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerMemory } from '../memory-of.ts';
import type { Row } from './row.ts';
import { startScriptedServer } from '../servers/start-scripted-server.ts';
import { withResources } from '../with-resources.ts';

const readers = 100;
const pauseMs = 500;
const longestEndMs = 10_000;

interface State {
  readonly memory: ServerMemory;
  /** What the runner has given until now, over all streams. */
  readonly givenCharacters: number;
  readonly turns: { readonly running: number };
}

/** What the server holds for callers who stop reading while the runner could give each of them 100 MB; what is left of it when they have gone. */
export async function slowReaderRows(): Promise<Row[]> {
  return withResources(async (keep) => {
    const server = keep(await startScriptedServer('generous', { settings: { 'claude.max_concurrent_sessions': String(readers) } }));
    // What the server itself comes to need is there by then.
    await holdReaders(server.url);
    const before = await stateOf(server.url);
    const held = await holdReaders(server.url);
    const after = await stateOf(server.url);
    const kilobytesOf = (of: keyof ServerMemory): number => (held.memory[of] - before.memory[of]) / readers / 1000;
    const givenEach = (held.givenCharacters - before.givenCharacters) / readers / 1e6;
    return [
      {
        measure: `gateway memory (heap held after a collection) for each of ${readers} callers who have stopped reading 100 MB that are not kept`,
        value: `${kilobytesOf('heapBytes').toFixed(0)} kB`,
        against: `given to each until the runner had to wait: ${givenEach.toFixed(1)} MB`,
        result: kilobytesOf('heapBytes'),
        unit: 'kB',
        target: { atMost: 256 },
      },
      {
        measure: 'the same, resident',
        value: `${kilobytesOf('residentBytes').toFixed(0)} kB`,
        against: '-',
        result: kilobytesOf('residentBytes'),
        unit: 'kB',
        target: { atMost: 1000 },
      },
      {
        measure: 'gateway memory (heap held after a collection) when they have left',
        value: `${(after.memory.heapBytes / 1e6).toFixed(1)} MB`,
        against: `before they came: ${(before.memory.heapBytes / 1e6).toFixed(1)} MB`,
        result: after.memory.heapBytes / before.memory.heapBytes,
        unit: 'x',
        target: { atMost: 1.1 },
      },
    ];
  });
}

/** Opens streams that nobody reads, waits until the runner waits for all of them, and leaves. Resolves when all turns have ended, with how it was before. */
async function holdReaders(url: string): Promise<State> {
  const sockets = await Promise.all(Array.from({ length: readers }, () => openUnread(url)));
  try {
    const held = await settled(url);
    if (held.turns.running !== readers) throw new Error(`${held.turns.running} turns run, not ${readers}.`);
    return held;
  } finally {
    for (const socket of sockets) socket.destroy();
    await allEnded(url);
  }
}

/** @throws {Error} When turns still run long after their callers have left. */
async function allEnded(url: string): Promise<void> {
  const begin = performance.now();
  for (;;) {
    const { running } = (await stateOf(url)).turns;
    if (running === 0) return;
    if (performance.now() - begin > longestEndMs) throw new Error(`${running} turns still run whose callers have left.`);
    await sleep(pauseMs);
  }
}

/** A socket that has sent its request, and reads nothing. */
async function openUnread(url: string): Promise<Socket> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.pause();
  await once(socket, 'connect');
  const body = JSON.stringify({ model: 'sonnet', stream: true, store: false, messages: [{ role: 'user', content: 'All of it' }] });
  const head = ['POST /v1/chat/completions HTTP/1.1', `host: ${host}`, 'content-type: application/json', `content-length: ${body.length}`];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  return socket;
}

/** How the server is once the runner gives nothing more. */
async function settled(url: string): Promise<State> {
  let state = await stateOf(url);
  for (;;) {
    await sleep(pauseMs);
    const next = await stateOf(url);
    if (next.givenCharacters === state.givenCharacters && next.givenCharacters > 0) return next;
    state = next;
  }
}

async function stateOf(url: string): Promise<State> {
  return (await (await fetch(`${url}/health`)).json()) as State;
}
