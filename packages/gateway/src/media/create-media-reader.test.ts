import { expect, test } from 'vitest';
import { GatewayError } from '../gateway-error.ts';
import { createMediaReader } from './create-media-reader.ts';
import type { MediaAccess, MediaLimits } from './media-access.ts';
import type { MediaReference } from './to-media-block.ts';

const text = (size: number): string => btoa('a'.repeat(size));
const limits = { tenant: 'a', maxBytes: 1000, signal: new AbortController().signal, hold: (): void => {} };
const refer = (location: string, param = 'x'): MediaReference => ({ location, kind: 'document', bare: false, param });

/** An access that notes what it is asked, and for how much. */
function access(sizeOf: (location: string) => number): MediaAccess & { readonly asked: [string, MediaLimits][] } {
  const asked: [string, MediaLimits][] = [];
  const read = async (location: string, given: MediaLimits): Promise<string> => {
    asked.push([location, given]);
    return text(sizeOf(location));
  };
  return { asked, readLocalFile: read, fetchUrl: read };
}

test('each file and URL is read once for a request', async () => {
  const media = access(() => 10);
  const read = createMediaReader(media, limits);
  const blocks = await Promise.all(['/a', '/a', 'http://b', '/a', 'http://b'].map((location) => read(refer(location))));
  expect(media.asked.map(([location]) => location)).toEqual(['/a', 'http://b']);
  expect(blocks.every((block) => block.source.type === 'text' && block.source.data === 'a'.repeat(10))).toBe(true);
});

test('all of a request has one budget: files, URLs and what is sent along, each as often as it is named', async () => {
  const together = { status: 400, code: 'invalid_value', param: 'last', message: expect.stringContaining('1000 bytes together') };
  const read = createMediaReader(
    access(() => 300),
    limits,
  );
  for (const location of ['/a', '/a']) await read(refer(location));
  await expect(read(refer(`data:text/plain;base64,${btoa('a'.repeat(300))}`, 'last'))).rejects.toMatchObject(together);
  const other = createMediaReader(
    access(() => 300),
    limits,
  );
  const results = await Promise.allSettled(Array.from({ length: 100 }, () => other(refer('/a', 'last'))));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(results).toContainEqual({ status: 'rejected', reason: expect.objectContaining(together) });
});

test('who reads is told how much room is left', async () => {
  const media = access(() => 300);
  const read = createMediaReader(media, limits);
  await read(refer('/a'));
  await read(refer('/b'));
  expect(media.asked.map(([, { maxBytes, tenant }]) => [maxBytes, tenant])).toEqual([
    [750, 'a'],
    [450, 'a'],
  ]);
});

test('what is read is held, once, and no more is when there is no room', async () => {
  let room = 800;
  const full = new GatewayError('Full.', { status: 503 });
  const hold = (bytes: number): void => {
    room -= bytes;
    if (room < 0) throw full;
  };
  const media = access(() => 300);
  const read = createMediaReader(media, { ...limits, maxBytes: 10_000, hold });
  await Promise.all([read(refer('/a')), read(refer('/a'))]);
  expect(room).toBe(400);
  await read(refer('/b'));
  await expect(read(refer('/c', 'messages[0]'))).rejects.toMatchObject({ status: 503, message: 'Full.' });
});

test('once one can not be had, the others are not read on', async () => {
  const signals: AbortSignal[] = [];
  const read = createMediaReader(
    {
      readLocalFile(location, { signal }) {
        signals.push(signal);
        if (location === '/bad') throw new GatewayError('Not there.', { status: 400 });
        return new Promise(() => {});
      },
    },
    limits,
  );
  void read(refer('/a'));
  await expect(read(refer('/bad', 'messages[0]'))).rejects.toMatchObject({ message: 'Not there.', param: 'messages[0]' });
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});

test('what is read all the same is not held, since nobody would give it back', async () => {
  let held = 0;
  let give: (base64: string) => void = () => {};
  const slow = new Promise<string>((resolve) => (give = resolve));
  const readLocalFile = (location: string): Promise<string> => (location === '/slow' ? slow : Promise.reject(new Error('Not there.')));
  const read = createMediaReader({ readLocalFile }, { ...limits, hold: (bytes) => (held += bytes) });
  const reading = ['/slow', '/bad'].map((location) => read(refer(location)));
  await expect(Promise.all(reading)).rejects.toThrow('Not there.');
  give(text(300));
  await Promise.allSettled(reading);
  expect(held).toBe(0);
});

test('the caller who leaves ends it', async () => {
  const leaving = new AbortController();
  let ended = false;
  const read = createMediaReader(
    {
      fetchUrl: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            ended = true;
            reject(new Error('left'));
          });
        }),
    },
    { ...limits, signal: leaving.signal },
  );
  const reading = read(refer('http://a'));
  leaving.abort();
  await expect(reading).rejects.toThrow('left');
  expect(ended).toBe(true);
});
