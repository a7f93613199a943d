import { describe, expect, test } from 'vitest';
import { createBodyBudget } from './body-budget.ts';
import { readJsonBody } from './read-json-body.ts';

function request(body: BodyInit, headers: Record<string, string> = { 'content-type': 'application/json' }): Request {
  return new Request('http://test/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
}

async function read(given: Request, maxBytes: number, empty?: object): Promise<unknown> {
  const held = createBodyBudget({ maxBytes: 10_000_000, maxBytesPerTenant: 10_000_000 })('');
  return readJsonBody(given, { maxBytes, held }, empty);
}

/** A body that does not tell its length, cut within a character. */
function streamed(text: string, size = 1): { readonly body: ReadableStream; readonly taken: () => number } {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at + size));
      at += size;
    },
  });
  return { body, taken: () => at };
}

test.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/vnd.api+json'])(
  'takes %s',
  async (type) => {
    expect(await read(request('{"a":1}', { 'content-type': type }), 100)).toEqual({ a: 1 });
  },
);

test.each([
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/jsonp',
  'text/plain; application/json',
  '',
])('refuses the content type %j, which a web page could send unasked', async (type) => {
  const refused = read(request('{}', { 'content-type': type }), 100);
  await expect(refused).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('application/json'),
  });
});

test.each(['', '{', 'undefined', "{'a': 1}", '{"a":1}}'])('refuses %j, which is no JSON', async (body) => {
  await expect(read(request(body), 100)).rejects.toMatchObject({ status: 400, message: expect.stringContaining('not valid JSON') });
});

test('refuses a body that says that it is too large, without reading it', async () => {
  const { body, taken } = streamed('"' + 'x'.repeat(1000) + '"', 100);
  const given = request(body, { 'content-type': 'application/json', 'content-length': '1002' });
  await expect(read(given, 1000)).rejects.toMatchObject({ status: 413, code: 'request_too_large' });
  expect(taken()).toBeLessThan(500);
});

test('refuses a body that turns out too large while it comes', async () => {
  const { body, taken } = streamed('"' + 'x'.repeat(100_000) + '"', 100);
  await expect(read(request(body), 1000)).rejects.toMatchObject({
    status: 413,
    message: expect.stringContaining('1000 bytes'),
    option: 'bodies.maxBytes',
  });
  expect(taken()).toBeLessThan(3000);
});

test('puts characters together that come in pieces', async () => {
  expect(await read(request(streamed('"é😀漢"').body), 100)).toBe('é😀漢');
});

test('takes a body of exactly the bound', async () => {
  expect(await read(request(streamed('"xx"').body), 4)).toBe('xx');
  await expect(read(request(streamed('"xxx"').body), 4)).rejects.toMatchObject({ status: 413 });
});

test.each([{}, { 'content-type': 'application/json' }, { 'content-type': 'text/plain' }])(
  'an empty body with %j stands for what the caller says',
  async (headers) => {
    expect(await read(request('', headers as Record<string, string>), 100, { a: 1 })).toEqual({ a: 1 });
    expect(await read(new Request('http://test/', { method: 'POST', headers }), 100, { a: 1 })).toEqual({ a: 1 });
  },
);

test('where a body may be empty, one that is not must still be JSON, of the right type and size', async () => {
  await expect(read(request('{}', { 'content-type': 'text/plain' }), 100, {})).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('text/plain'),
  });
  await expect(read(request(' '), 100, {})).rejects.toMatchObject({ message: expect.stringContaining('not valid JSON') });
  await expect(read(request(streamed('"xxx"').body, {}), 4, {})).rejects.toMatchObject({ status: 413 });
  expect(await read(request('{"b":2}'), 100, { a: 1 })).toEqual({ b: 2 });
});

const json = { 'content-type': 'application/json' };

describe('bytes that are no text', () => {
  test.each([
    ['Latin-1', [0x22, 0xe9, 0x22]],
    ['an overlong form', [0x22, 0xc0, 0xaf, 0x22]],
    ['half of a surrogate pair', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a character that is cut', [0x22, 0xf0, 0x9f, 0x98, 0x22]],
  ])('%s is a 400, whole and in pieces', async (_, bytes) => {
    const refused = { status: 400, message: expect.stringContaining('not valid UTF-8') };
    await expect(read(request(Uint8Array.from(bytes)), 100)).rejects.toMatchObject(refused);
    const length = { ...json, 'content-length': String(bytes.length) };
    await expect(read(request(Uint8Array.from(bytes), length), 100)).rejects.toMatchObject(refused);
  });

  test.each([
    ['application/json; charset=iso-8859-1', [0x22, 0xe9, 0x22], 'é'],
    ['application/json;charset="Latin1"', [0x22, 0xe9, 0x22], 'é'],
    ['application/json; charset=UTF-8', [0x22, 0xc3, 0xa9, 0x22], 'é'],
    ['application/json; charset=utf8', [0x22, 0xc3, 0xa9, 0x22], 'é'],
    ['application/json; charset=us-ascii', [0x22, 0x61, 0x22], 'a'],
  ])('%s is decoded', async (type, bytes, text) => {
    expect(await read(request(Uint8Array.from(bytes), { 'content-type': type }), 100)).toBe(text);
  });

  test.each(['klingon', 'utf-7', 'utf-16', 'windows-1252'])('the charset %s is a 415', async (charset) => {
    const refused = read(request('{}', { 'content-type': `application/json; charset=${charset}` }), 100);
    await expect(refused).rejects.toMatchObject({ status: 415, code: 'unsupported_charset', message: expect.stringContaining('UTF-8') });
  });
});

async function compressed(text: string, format: CompressionFormat = 'gzip'): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream(format))).arrayBuffer());
}

describe('compressed bodies', () => {
  const text = JSON.stringify({ a: 'é'.repeat(1000) });
  const encoded = (body: BodyInit, encoding: string): Request => request(body, { ...json, 'content-encoding': encoding });

  test.each<[string, CompressionFormat]>([
    ['gzip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['deflate', 'deflate'],
  ])('%j is read', async (encoding, format) => {
    expect(await read(encoded(await compressed(text, format), encoding), 3000)).toEqual(JSON.parse(text));
  });

  test('one of nothing is refused as what it is', async () => {
    const bytes = await compressed('');
    const given = request(bytes, { ...json, 'content-encoding': 'gzip', 'content-length': String(bytes.length) });
    await expect(read(given, 3000)).rejects.toMatchObject({ status: 400, code: null });
  });

  test.each(['identity', ''])('%j says that it is none', async (encoding) => {
    expect(await read(encoded(text, encoding), 3000)).toEqual(JSON.parse(text));
  });

  test.each(['br', 'zstd', 'gzip, gzip', 'nonsense'])('%j is a 415 that says what to send', async (encoding) => {
    const said = { status: 415, code: 'unsupported_encoding', message: expect.stringContaining('gzip') };
    await expect(read(encoded(text, encoding), 3000)).rejects.toMatchObject({ ...said, headers: { 'accept-encoding': 'gzip, deflate' } });
  });

  test('what can not be decompressed is a 400', async () => {
    const whole = await compressed(text);
    for (const body of [text, whole.subarray(0, -10), whole.subarray(5), ''])
      await expect(read(encoded(body, 'gzip'), 3000)).rejects.toMatchObject({ status: 400, message: expect.stringContaining('gzip') });
  });

  test('the bound holds for what comes out', async () => {
    const bomb = await compressed(' '.repeat(20_000_000));
    expect(bomb.byteLength).toBeLessThan(100_000);
    await expect(read(encoded(bomb, 'gzip'), 100_000)).rejects.toMatchObject({ status: 413, code: 'request_too_large' });
    expect(await read(encoded(await compressed(text), 'gzip'), text.length + 1000)).toEqual(JSON.parse(text));
    await expect(read(encoded(await compressed(text), 'gzip'), text.length + 999)).rejects.toMatchObject({ status: 413 });
  });
});

describe('JSON that stands for too much', () => {
  const refused = { status: 400, message: expect.stringContaining('values') };
  test.each([
    ['brackets', '[]', 300_000],
    ['objects', '{}', 300_000],
    ['numbers', '1', 300_000],
    ['strings', '"a"', 300_000],
    ['many levels', '[[[[[[[[]]]]]]]]', 40_000],
  ])('%s by the hundred thousand are refused before they are made', async (_, value, count) => {
    await expect(read(request(`[${Array(count).fill(value).join(',')}]`), 10_000_000)).rejects.toMatchObject(refused);
  });

  test.each(['[', '{"a":'])('%s 257 times over is refused, 256 times is not', async (open) => {
    const nested = (depth: number): string => open.repeat(depth - 1) + '[]' + (open === '[' ? ']' : '}').repeat(depth - 1);
    await expect(read(request(nested(257)), 10_000)).rejects.toMatchObject(refused);
    expect(await read(request(nested(256)), 10_000)).toEqual(JSON.parse(nested(256)));
    await expect(read(request(open.repeat(1_000_000)), 10_000_000)).rejects.toMatchObject(refused);
  });

  test('what stands in texts does not count', async () => {
    const text = '[{,"\\'.repeat(300_000);
    expect(await read(request(JSON.stringify({ text })), 10_000_000)).toEqual({ text });
  });
});

test('a body that somebody has read before says whose mistake that is', async () => {
  const used = request('{"a":1}', { 'content-type': 'application/json', 'content-length': '7' });
  await used.text();
  const fault = {
    status: 500,
    code: 'body_already_read',
    shouldRetry: false,
    message: expect.stringContaining('before body parsers') as string,
  };
  await expect(read(used, 100)).rejects.toMatchObject(fault);
  // As Express leaves it: the length is told, and nothing comes.
  const drained = request('', { 'content-type': 'application/json', 'content-length': '7' });
  await expect(read(drained, 100)).rejects.toMatchObject(fault);
  await expect(read(drained, 100, {})).rejects.toMatchObject(fault);
});
