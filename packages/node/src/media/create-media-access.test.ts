import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createMediaAccess } from './create-media-access.ts';

const bytes = 'YQ==';
const limits = { tenant: 'a', maxBytes: 10, signal: new AbortController().signal };

test('a few are read at once for a caller, some more for all, and files wait for no URLs', async () => {
  const running = { now: 0, most: 0 };
  const slow = async (): Promise<string> => {
    running.now += 1;
    running.most = Math.max(running.most, running.now);
    await wait(5);
    running.now -= 1;
    return bytes;
  };
  const { fetchUrl, readLocalFile } = createMediaAccess({ fetchUrl: slow, readLocalFile: async () => bytes });
  const fetchAll = (count: number, tenantOf: (index: number) => string): Promise<unknown>[] =>
    Array.from({ length: count }, (_, index) => fetchUrl?.(String(index), { ...limits, tenant: tenantOf(index) }) ?? wait(0));
  const one = fetchAll(20, () => 'a');
  expect(await readLocalFile?.('file', limits)).toBe(bytes);
  expect(await fetchUrl?.('another', { ...limits, tenant: 'b' })).toBe(bytes);
  await Promise.all(one);
  expect(running.most).toBe(4);
  await Promise.all(fetchAll(60, String));
  expect(running.most).toBe(8);
});

test('who has left is read nothing more for', async () => {
  const leaving = new AbortController();
  let count = 0;
  const fetchUrl = async (): Promise<string> => {
    count += 1;
    leaving.abort();
    return bytes;
  };
  const { fetchUrl: inTurn = fetchUrl } = createMediaAccess({ fetchUrl });
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => inTurn('x', { ...limits, signal: leaving.signal })));
  expect(count).toBeLessThanOrEqual(3);
  expect(all.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(17);
});

test('what is not there stays so', () => {
  expect(createMediaAccess({})).toEqual({});
});
