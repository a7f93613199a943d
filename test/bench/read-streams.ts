import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { sharedClock } from './servers/shared-clock.ts';
import { streamBeginning, streamPace } from './servers/stream-pace.ts';

export interface ReadStreams {
  /** From the moment an event was given to that at which it was at the reader's socket, in milliseconds, of all events. */
  readonly latencies: readonly number[];
  /** Events given in a second, over all streams. */
  readonly eventsPerSecond: number;
}

interface Piece {
  readonly at: number;
  readonly bytes: Buffer;
}

interface Event {
  readonly givenAt: number;
  readonly arrivedAt: number;
}

/**
 * Reads all streams of a paced server at once.
 *
 * @throws {Error} When one of them is not whole, or not in order.
 */
export async function readStreams(url: string): Promise<ReadStreams> {
  const streams = await Promise.all(Array.from({ length: streamPace.streams }, (_, stream) => readStream(url, stream)));
  // What follows is done when all has been read: it would keep the readers waiting.
  const events = streams.flatMap((pieces, stream) => toEvents(pieces, stream));
  const latencies = events.map(({ givenAt, arrivedAt }) => arrivedAt - givenAt);
  if (latencies.some((latency) => latency < 0)) throw new Error('An event arrived before it was given: the clocks differ.');
  const times = events.map(({ givenAt }) => givenAt).toSorted((one, other) => one - other);
  return { latencies, eventsPerSecond: (events.length / (times.at(-1)! - times[0]!)) * 1000 };
}

async function readStream(url: string, stream: number): Promise<Piece[]> {
  const body = JSON.stringify({ model: 'sonnet', stream: true, messages: [{ role: 'user', content: String(stream) }] });
  const sent = request(`${url}/v1/chat/completions`, { method: 'POST', agent: false, headers: { 'content-type': 'application/json' } });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const pieces: Piece[] = [];
  response.on('data', (bytes: Buffer) => pieces.push({ at: sharedClock(), bytes }));
  await once(response, 'end');
  if (response.statusCode !== 200)
    throw new Error(`The server answered ${response.statusCode}: ${Buffer.concat(pieces.map(({ bytes }) => bytes)).toString()}`);
  return pieces;
}

function toEvents(pieces: readonly Piece[], stream: number): Event[] {
  const events: Event[] = [];
  let rest = '';
  let done = false;
  for (const { at, bytes } of pieces) {
    const texts = (rest + bytes.toString('latin1')).split('\n\n');
    rest = texts.pop() ?? '';
    for (const text of texts) {
      const data = text.slice('data: '.length);
      if (done) throw new Error(`Stream ${stream} goes on after its end: ${data}`);
      done = data === '[DONE]';
      const content = done ? '' : contentOf(data);
      if (content === '' || content === streamBeginning) continue;
      const [number, sequence, givenAt] = content.split(' ').map(Number);
      if (number !== stream || sequence !== events.length) {
        throw new Error(`Stream ${stream} has in the place of event ${events.length}: ${content}`);
      }
      events.push({ givenAt: givenAt!, arrivedAt: at });
    }
  }
  if (!done || rest !== '' || events.length !== streamPace.eventsEach) {
    throw new Error(`Stream ${stream} has ${events.length} events of ${streamPace.eventsEach}, ${done ? 'and' : 'but not'} its end.`);
  }
  return events;
}

function contentOf(data: string): string {
  const { choices } = JSON.parse(data) as { choices?: readonly { readonly delta: { readonly content?: string } }[] };
  if (choices === undefined) throw new Error(`A stream failed: ${data}`);
  return choices[0]?.delta.content ?? '';
}
