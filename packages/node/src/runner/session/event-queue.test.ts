import { expect, test } from 'vitest';
import { createEventQueue } from './event-queue.ts';

function createFlow(): { pauses: number; resumes: number; pause(): void; resume(): void } {
  return {
    pauses: 0,
    resumes: 0,
    pause() {
      this.pauses += 1;
    },
    resume() {
      this.resumes += 1;
    },
  };
}

test('gives what was pushed, in order, then the end', async () => {
  const queue = createEventQueue<number>(createFlow());
  queue.push(1);
  queue.push(2);
  setTimeout(() => {
    queue.push(3);
    queue.close();
    queue.push(4);
  }, 5);
  const seen: number[] = [];
  for await (const value of queue) seen.push(value);
  expect(seen).toEqual([1, 2, 3]);
});

test('gives what is left before the error', async () => {
  const queue = createEventQueue<number>(createFlow());
  queue.push(1);
  queue.close(new Error('lost'));
  const seen: number[] = [];
  await expect(
    (async () => {
      for await (const value of queue) seen.push(value);
    })(),
  ).rejects.toThrow('lost');
  expect(seen).toEqual([1]);
});

test('holds the flow back while the reader is behind, and lets it go once it has caught up', async () => {
  const flow = createFlow();
  const queue = createEventQueue<number>(flow);
  for (let value = 0; value < 1023; value += 1) queue.push(value);
  expect(flow.pauses).toBe(0);
  queue.push(1023);
  expect(flow).toMatchObject({ pauses: 1, resumes: 0 });
  const reader = queue[Symbol.asyncIterator]();
  for (let value = 0; value < 500; value += 1) await reader.next();
  expect(flow.resumes).toBe(0);
  for (let value = 0; value < 100; value += 1) await reader.next();
  expect(flow).toMatchObject({ pauses: 1, resumes: 1 });
});

test('a reader who leaves, or the end, lets the flow go', async () => {
  const flow = createFlow();
  const queue = createEventQueue<number>(flow);
  for (let value = 0; value < 2000; value += 1) queue.push(value);
  for await (const value of queue) if (value === 3) break;
  expect(flow).toMatchObject({ pauses: 1, resumes: 1 });
  const other = createFlow();
  const closing = createEventQueue<number>(other);
  for (let value = 0; value < 2000; value += 1) closing.push(value);
  closing.close();
  expect(other.resumes).toBe(1);
});

test('tells once when the reader comes to the end, or leaves, and what was read last', async () => {
  const left: unknown[] = [];
  const queue = createEventQueue<number>(createFlow(), (last) => left.push(last));
  queue.push(1);
  queue.push(2);
  for await (const value of queue) if (value === 1) break;
  expect(left).toEqual([1]);
  const ended = createEventQueue<number>(createFlow(), (last) => left.push(last));
  ended.close(new Error('lost'));
  await expect(ended[Symbol.asyncIterator]().next()).rejects.toThrow('lost');
  expect(await ended[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
  expect(left).toEqual([1, undefined]);
});

test('a reader who waits gets the value, the end or the error as it comes', async () => {
  const queue = createEventQueue<number>(createFlow());
  const reader = queue[Symbol.asyncIterator]();
  const first = reader.next();
  queue.push(1);
  expect(await first).toEqual({ done: false, value: 1 });
  const second = reader.next();
  queue.close(new Error('lost'));
  await expect(second).rejects.toThrow('lost');
});

test.each(['waits', 'comes later'])(
  'what is to do with the last value keeps none of those before it from the socket: a reader who %s',
  async (kind) => {
    const queue = createEventQueue<string>(createFlow());
    const seen: string[] = [];
    async function read(): Promise<void> {
      for await (const value of queue) {
        seen.push(value);
        // So do writes go out.
        process.nextTick(() => seen.push(`${value} is out`));
      }
    }
    const reading = kind === 'waits' ? read() : undefined;
    queue.push('one');
    queue.push('two');
    queue.finish('end');
    await (reading ?? read());
    expect(seen).toEqual(['one', 'two', 'one is out', 'two is out', 'end']);
  },
);

test('what comes once the last value is there changes nothing, though it is not handed over yet', async () => {
  const left: unknown[] = [];
  const queue = createEventQueue<number>(createFlow(), (last) => left.push(last));
  const reader = queue[Symbol.asyncIterator]();
  const first = reader.next();
  queue.finish(1);
  queue.push(2);
  queue.close(new Error('lost'));
  expect([await first, await reader.next()]).toEqual([
    { done: false, value: 1 },
    { done: true, value: undefined },
  ]);
  expect(left).toEqual([1]);
});
