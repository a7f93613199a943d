/** No body, whoever sends it and however it is wrong, keeps the server from serving the others, or takes its memory. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { isLong } from '../endurance/is-long.ts';
import { startSmallServer, type SmallServer } from './start-small-server.ts';

const runs = Number(process.env['FUZZ_RUNS'] ?? (isLong ? 2000 : 300));
const seed = Number(process.env['FUZZ_SEED'] ?? 1);
// Half a second of it is what a machine that others use takes longer, in time of its own too.
const maxHealthMs = 1500;
const maxGrowthBytes = 400_000_000;
/** Of the largest bodies one behind another: ten times the size of one, and what is not collected yet. */
const maxLargeGrowthBytes = 700_000_000;
const maxBodyBytes = 33_554_432;

let server: SmallServer;
let before: number | undefined;
let sockets: Socket[] = [];
beforeAll(async () => {
  server = await startSmallServer();
  expect(await post('/v1/chat/completions', JSON.stringify(chat({})))).toBe(200);
  before = await server.peakBytes();
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
});
afterAll(() => server.close());

const user = { role: 'user', content: 'hi' };
const chat = (more: object): object => ({ model: 'sonnet', messages: [user], store: false, ...more });

async function post(path: string, body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    signal: AbortSignal.timeout(100_000),
  });
  await response.text();
  return response.status;
}

async function expectBystandersServed(attack: () => Promise<void>, maxBytes = maxLargeGrowthBytes): Promise<void> {
  const stopWatching = server.watchHealth();
  let longestMs = 0;
  try {
    await attack();
  } finally {
    longestMs = await stopWatching();
  }
  expect(longestMs).toBeLessThan(maxHealthMs);
  const peak = await server.peakBytes();
  if (peak !== undefined && before !== undefined) expect(peak - before).toBeLessThan(maxBytes);
}

type Place = readonly [path: string, body: (content: unknown) => object];

/** Every list and record that a body has, by the route that takes it. */
const places: readonly Place[] = [
  ...[
    (content: unknown) => ({ messages: content }),
    (content: unknown) => ({ messages: [{ role: 'user', content }] }),
    (content: unknown) => ({ messages: [{ role: 'system', content }, user] }),
    (content: unknown) => ({ messages: [user, { role: 'assistant', content }, user] }),
    (content: unknown) => ({ messages: [user, { role: 'assistant', tool_calls: content }] }),
    (content: unknown) => ({ messages: [user, { role: 'tool', tool_call_id: 'a', content }] }),
    (content: unknown) => ({ tools: content }),
    (content: unknown) => ({ functions: content }),
    (content: unknown) => ({ tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: content } } }),
    (content: unknown) => ({ stop: content }),
    (content: unknown) => ({ modalities: content }),
    (content: unknown) => ({ logit_bias: content }),
    (content: unknown) => ({ metadata: content }),
    (content: unknown) => ({ unknown: content }),
  ].map((body): Place => ['/v1/chat/completions', (content) => chat(body(content))]),
  ['/v1/conversations', (content) => ({ items: content })],
  ['/v1/conversations', (content) => ({ metadata: content })],
  ['/v1/conversations', (content) => ({ items: [{ role: 'user', content }] })],
  ['/v1/conversations', (content) => ({ items: [{ type: 'function_call_output', call_id: 'a', output: content }] })],
  ['/v1/conversations/conv_none/items', (content) => ({ items: content })],
];

const element = fc.oneof(
  fc.constantFrom<unknown>(
    1,
    null,
    '',
    'x',
    [],
    {},
    { role: 'user' },
    { role: 'robot', content: 'x' },
    { role: 'user', content: 1 },
    { role: 'user', content: '' },
    { type: 'text' },
    { type: 'text', text: '' },
    { type: 'image_url', image_url: { url: '' } },
    { type: 'function', function: { name: 'a b' } },
    { id: '', function: { name: '', arguments: '[' } },
    { id: 'a', function: { name: 'f', arguments: '{}' } },
    { type: 'function', function: { name: 'f' } },
    { type: 'message', role: 'user', content: [{ type: 'input_text' }] },
    { type: 'function_call', call_id: '', name: '', arguments: '' },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

test(`${runs} bodies of wrong elements, by the thousand in every list and record (FUZZ_SEED=${seed})`, { timeout: 240_000, retry: 0 }, () =>
  expectBystandersServed(
    () =>
      fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...places),
          element,
          fc.constantFrom(1000, 3000, 10_000),
          fc.boolean(),
          async (place, each, count, asRecord) => {
            const many = asRecord
              ? Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, each]))
              : Array.from({ length: count }, () => each);
            const status = await post(place[0], JSON.stringify(place[1](many)));
            expect([200, 400, 404]).toContain(status);
          },
        ),
        { seed, numRuns: runs },
      ),
    maxGrowthBytes,
  ),
);

/** As much of a text as a body may have. */
const fill = (unit: string, bytes = maxBodyBytes - 1000): string => unit.repeat(Math.floor(bytes / unit.length));
const inMessages = (json: string): string => `{"model":"sonnet","messages":${json}}`;
const inCalls = (count: number, text: string): string =>
  inMessages(
    `[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[${Array.from({ length: count }, (_, at) => `{"id":"a${at}","function":{"name":"f","arguments":"${text}"}}`).join(',')}]},${Array.from({ length: count }, (_, at) => `{"role":"tool","tool_call_id":"a${at}","content":"r"}`).join(',')}]`,
  );

test.each<[string, () => string, number]>([
  ['messages of numbers', () => inMessages(`[${fill('1,')}1]`), 400],
  ['empty lists', () => inMessages(`[${fill('[],')}1]`), 400],
  ['empty objects', () => inMessages(`[${fill('{},')}1]`), 400],
  ['nested lists', () => inMessages(fill('[')), 400],
  ['nested objects', () => inMessages(fill('{"a":')), 400],
  ['keys', () => `{${Array.from({ length: 2_500_000 }, (_, at) => `"k${at}":1`).join(',')}}`, 400],
  ['one key over and over', () => `{${fill('"k":1,')}"k":1}`, 400],
  ['a number of digits', () => inMessages(fill('1')), 400],
  [
    'escapes',
    () => inMessages(`[{"role":"user","content":"${fill('\\"')}"},{"role":"assistant","content":"y"},{"role":"user","content":"x"}]`),
    200,
  ],
  ['a key', () => `{"model":"sonnet","messages":[{"role":"user","content":"x"}],"${fill('k')}":1}`, 200],
  ['a model', () => `{"model":"${fill('m')}","messages":[{"role":"user","content":"x"}]}`, 400],
  [
    'as many messages as are taken',
    () => inMessages(`[${'{"role":"user","content":"x"},'.repeat(49_000)}{"role":"user","content":"x"}]`),
    200,
  ],
  [
    'calls of one id',
    () =>
      inMessages(
        `[{"role":"user","content":"x"},${'{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a","content":"r"},'.repeat(12_000)}{"role":"user","content":"x"}]`,
      ),
    200,
  ],
  ['arguments of a call', () => inCalls(1, `{\\"a\\":[${fill('{},', 30_000_000)}{}]}`), 200],
  ['arguments of many calls', () => inCalls(200, `{\\"a\\":[${fill('{},', 150_000)}{}]}`), 400],
])('a body as large as may be, of %s', { timeout: 120_000 }, (_, body, status) =>
  expectBystandersServed(async () => expect(await post('/v1/chat/completions', body())).toBe(status)),
);

test('a compressed body that grows a thousandfold is a 413, many at once', () =>
  expectBystandersServed(async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000, ' '));
    const statuses = await Promise.all(
      Array.from({ length: 8 }, () => post('/v1/chat/completions', new Uint8Array(bomb), { 'content-encoding': 'gzip' })),
    );
    for (const status of statuses) expect([413, 503]).toContain(status);
  }));

test('forty bodies of 30 MB at once: those that find no room get a 503, and the next is served', { timeout: 120_000 }, async () => {
  const text = ' '.repeat(30_000_000);
  const messages = [{ role: 'user', content: `${text}x` }, { role: 'assistant', content: 'y' }, user];
  const body = new TextEncoder().encode(JSON.stringify(chat({ messages })));
  const statuses = await Promise.all(Array.from({ length: 40 }, () => post('/v1/chat/completions', body)));
  for (const status of statuses) expect([200, 503]).toContain(status);
  expect(statuses).toContain(503);
  expect(await post('/v1/chat/completions', JSON.stringify(chat({})))).toBe(200);
});

test('bodies that are promised and never sent take nobody’s room', () =>
  expectBystandersServed(async () => {
    for (let count = 0; count < 50; count += 1) {
      const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1' }).on('error', () => {});
      sockets.push(socket);
      await once(socket, 'connect');
      socket.write(
        'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 30000000\r\n\r\n{',
      );
    }
    expect(
      await post(
        '/v1/chat/completions',
        inMessages(
          `[{"role":"user","content":"${' '.repeat(20_000_000)}x"},{"role":"assistant","content":"y"},{"role":"user","content":"x"}]`,
        ),
      ),
    ).toBe(200);
  }));

test('a body that is too large is refused so that its sender can read why, however it comes', { timeout: 120_000 }, async () => {
  const body = new Uint8Array(maxBodyBytes + 10_000_000).fill(0x20);
  expect(await post('/v1/chat/completions', body)).toBe(413);
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < body.length; at += 1_000_000) controller.enqueue(body.subarray(at, at + 1_000_000));
      controller.close();
    },
  });
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: stream,
    duplex: 'half',
  });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ error: { code: 'request_too_large' } });
});
