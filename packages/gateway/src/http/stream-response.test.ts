import * as fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { toOpenaiSse } from '../dialects/openai/openai-sse.ts';
import { sseContentType } from '../dialects/sse.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { toStreamResponse, type StreamOptions } from './stream-response.ts';

afterEach(() => void vi.useRealTimers());

let batchTexts: string[] = [];
const writer = toOpenaiSse({
  write: () => batchTexts,
  idle: () => ['{"idle":true}'],
  end: () => [],
  fail: (error) => [JSON.stringify({ error: String(error) })],
});
const options: StreamOptions = {
  contentType: sseContentType,
  keepAlive: { mode: 'off', intervalMs: 1000 },
  idle: (form) => writer.idle(form),
  fail: (thrown) => writer.fail(thrown as never, ''),
  onEnd: () => {},
  onLeave: () => {},
};

function frame(batch: string[]): string[] {
  batchTexts = batch;
  return writer.write({} as TurnEvent, 0);
}

async function* of(...batches: string[][]): AsyncGenerator<string[], string[]> {
  for (const batch of batches) yield frame(batch);
  return writer.end();
}

/** A reader as the standard says: it takes any pieces, and dispatches the data of an event at an empty line. */
function parseEvents(pieces: readonly Uint8Array[]): string[] {
  const decoder = new TextDecoder();
  const text = pieces.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode();
  const events: string[] = [];
  let data: string[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line === '' && data.length > 0) {
      events.push(data.join('\n'));
      data = [];
    }
    if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
  }
  return events;
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

test('whatever JSON goes in comes out, however the bytes are cut', async () => {
  const batches = fc.array(fc.array(fc.json(), { maxLength: 3 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(batches, fc.array(fc.nat(1000)), async (given, places) => {
      const bytes = await bytesOf(toStreamResponse(of(...given), options));
      const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted((one, other) => one - other);
      const pieces = ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
      expect(parseEvents(pieces)).toEqual([...given.flat(), '[DONE]']);
    }),
  );
});

test('says what it is, and that nobody is to hold it back', () => {
  const { headers } = toStreamResponse(of(), options);
  expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(headers.get('cache-control')).toBe('no-cache');
  expect(headers.get('x-accel-buffering')).toBe('no');
});

test('writes each batch of events in one piece', async () => {
  const reader = toStreamResponse(of(['1', '2'], ['3']), options).body!.getReader();
  const first = await reader.read();
  expect(new TextDecoder().decode(first.value)).toBe('data: 1\n\ndata: 2\n\n');
  await reader.cancel();
});

test('an error is said in the stream, which then ends', async () => {
  async function* broken(): AsyncGenerator<string[], undefined> {
    yield frame(['1']);
    throw new Error('broken');
  }
  const events = parseEvents([await bytesOf(toStreamResponse(broken(), options))]);
  expect(events).toEqual(['1', '{"error":"Error: broken"}', '[DONE]']);
});

test('takes no more than a slow reader takes', async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<string[], undefined> {
    for (;;) {
      given += 1;
      yield [String(given)];
    }
  }
  const reader = toStreamResponse(endless(), options).body!.getReader();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(given).toBeLessThanOrEqual(2);
  for (let count = 0; count < 10; count += 1) await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(given).toBeLessThanOrEqual(12);
  await reader.cancel();
});

test('a reader who leaves is noticed once, and no timer stays', async () => {
  vi.useFakeTimers();
  const onLeave = vi.fn();
  const keepAlive = { mode: 'chunk', intervalMs: 1000 } as const;
  const response = toStreamResponse({ next: () => new Promise(() => {}) }, { ...options, keepAlive, onLeave });
  await response.body!.cancel();
  expect(onLeave).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('a turn that fails because the reader has left is nobody’s error', async () => {
  const fail = vi.fn(() => ['{}']);
  let reject: (error: Error) => void = () => {};
  const next = (): Promise<never> => new Promise((_, onReject) => void (reject = onReject));
  const response = toStreamResponse({ next }, { ...options, fail, onLeave: () => reject(new Error('aborted')) });
  await response.body!.cancel();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(fail).not.toHaveBeenCalled();
});

test('an end is no leaving', async () => {
  const onLeave = vi.fn();
  await bytesOf(toStreamResponse(of(['1']), { ...options, onLeave }));
  expect(onLeave).not.toHaveBeenCalled();
});

test.each([
  ['chunk', 'data: {"idle":true}\n\n'],
  ['comment', ': keep-alive\n'],
] as const)('keeps a silent stream alive with a %s', async (mode, expected) => {
  vi.useFakeTimers();
  const response = toStreamResponse({ next: () => new Promise(() => {}) }, { ...options, keepAlive: { mode, intervalMs: 1000 } });
  const reader = response.body!.getReader();
  const reading = reader.read();
  await vi.advanceTimersByTimeAsync(1000);
  expect(new TextDecoder().decode((await reading).value)).toBe(expected);
  await reader.cancel();
});

test('keeps nothing alive that is not silent, and does not pile up for one who does not read', async () => {
  vi.useFakeTimers();
  let given = 0;
  const next = async (): Promise<IteratorResult<string[]>> => {
    given += 1;
    return { done: false, value: [String(given)] };
  };
  const reader = toStreamResponse({ next }, { ...options, keepAlive: { mode: 'chunk', intervalMs: 1000 } }).body!.getReader();
  await vi.advanceTimersByTimeAsync(10_000);
  const texts: string[] = [];
  for (let count = 0; count < 3; count += 1) texts.push(new TextDecoder().decode((await reader.read()).value));
  expect(texts.join('')).not.toContain('idle');
  await reader.cancel();
});
