import { connect, type Socket } from 'node:net';
import { perCpuSecond } from '../per-cpu-second.ts';
import { mediansInTurns } from '../medians-in-turns.ts';
import { startScriptedServer } from '../servers/start-scripted-server.ts';
import { briskPace } from '../servers/stream-pace.ts';
import { withResources } from '../with-resources.ts';
import type { Row } from './row.ts';

const { streams, eventsEach } = briskPace;
const longestEnding = 64;

/** Events of many streams at once, given as fast as they are read, by the gateway and by a bare route; rounds of both in turns. */
export async function eventRateRows(samples: number): Promise<Row[]> {
  return withResources(async (keep) => {
    const gateway = keep(await startScriptedServer('brisk'));
    const bare = keep(await startScriptedServer('bare-brisk'));
    const measures = { own: () => perCpuSecond(gateway.url, readAll), reference: () => perCpuSecond(bare.url, readAll) };
    // Both have compiled then what they need.
    await mediansInTurns(3, measures);
    const { own, reference } = await mediansInTurns(samples, measures);
    return [
      {
        measure: `events in a second of one core, ${streams} streams at once, as fast as they are read`,
        value: own.toFixed(0),
        against: `bare Hono route, same bytes: ${reference.toFixed(0)}`,
        result: own / reference,
        unit: 'x',
        target: { atLeast: 0.5 },
      },
    ];
  });
}

/** Reads all streams to their end; how many events there were. */
async function readAll(url: string): Promise<number> {
  await Promise.all(Array.from({ length: streams }, () => readStream(url)));
  return streams * eventsEach;
}

/**
 * Reads one stream, by hand: a client that takes it apart would be slower than the server.
 *
 * @throws {Error} When it does not come to its end.
 */
function readStream(url: string): Promise<void> {
  const { hostname, port, host } = new URL(url);
  const body = JSON.stringify({ model: 'sonnet', stream: true, messages: [{ role: 'user', content: 'Count' }] });
  const head = ['POST /v1/chat/completions HTTP/1.1', `host: ${host}`, 'connection: close', 'content-type: application/json'];
  const socket: Socket = connect(Number(port), hostname);
  socket.write(`${[...head, `content-length: ${body.length}`].join('\r\n')}\r\n\r\n${body}`);
  return new Promise((resolve, reject) => {
    let ending = '';
    socket.on('data', (bytes: Buffer) => (ending = (ending + bytes.subarray(-longestEnding).toString('latin1')).slice(-longestEnding)));
    socket.on('error', reject);
    socket.on('close', () => {
      if (ending.includes('data: [DONE]\n\n')) resolve();
      else reject(new Error(`A stream broke off: ${ending}`));
    });
  });
}
