import { expect, test } from 'vitest';
import { readJsonBody } from './read-json-body.ts';

function request(body: string | ReadableStream, headers: Record<string, string> = { 'content-type': 'application/json' }): Request {
  return new Request('http://test/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
}

/** A body that does not tell its length, cut within a character. */
function streamed(text: string, size = 1): { readonly body: ReadableStream; readonly read: () => number } {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at + size));
      at += size;
    },
  });
  return { body, read: () => at };
}

test.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/vnd.api+json'])(
  'takes %s',
  async (type) => {
    expect(await readJsonBody(request('{"a":1}', { 'content-type': type }), 100)).toEqual({ a: 1 });
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
  const refused = readJsonBody(request('{}', { 'content-type': type }), 100);
  await expect(refused).rejects.toMatchObject({
    status: 400,
    type: 'invalid_request_error',
    message: expect.stringContaining('application/json'),
  });
});

test.each(['', '{', 'undefined', "{'a': 1}", '{"a":1}}'])('refuses %j, which is no JSON', async (body) => {
  await expect(readJsonBody(request(body), 100)).rejects.toMatchObject({ status: 400, message: expect.stringContaining('not valid JSON') });
});

test('refuses a body that says that it is too large, without reading it', async () => {
  const { body, read } = streamed('"' + 'x'.repeat(1000) + '"', 100);
  const given = request(body, { 'content-type': 'application/json', 'content-length': '1002' });
  await expect(readJsonBody(given, 1000)).rejects.toMatchObject({ status: 413, code: 'request_too_large' });
  expect(read()).toBeLessThan(500);
});

test('refuses a body that turns out too large while it comes', async () => {
  const { body, read } = streamed('"' + 'x'.repeat(100_000) + '"', 100);
  await expect(readJsonBody(request(body), 1000)).rejects.toMatchObject({
    status: 413,
    message: expect.stringContaining('server.max_body_bytes'),
  });
  expect(read()).toBeLessThan(3000);
});

test('puts characters together that come in pieces', async () => {
  expect(await readJsonBody(request(streamed('"é😀漢"').body), 100)).toBe('é😀漢');
});

test('takes a body of exactly the bound', async () => {
  expect(await readJsonBody(request(streamed('"xx"').body), 4)).toBe('xx');
  await expect(readJsonBody(request(streamed('"xxx"').body), 4)).rejects.toMatchObject({ status: 413 });
});

test.each([{}, { 'content-type': 'application/json' }, { 'content-type': 'text/plain' }])(
  'an empty body with %j stands for what the caller says',
  async (headers) => {
    expect(await readJsonBody(request('', headers as Record<string, string>), 100, { a: 1 })).toEqual({ a: 1 });
    expect(await readJsonBody(new Request('http://test/', { method: 'POST', headers }), 100, { a: 1 })).toEqual({ a: 1 });
  },
);

test('where a body may be empty, one that is not must still be JSON, of the right type and size', async () => {
  await expect(readJsonBody(request('{}', { 'content-type': 'text/plain' }), 100, {})).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('text/plain'),
  });
  await expect(readJsonBody(request(' '), 100, {})).rejects.toMatchObject({ message: expect.stringContaining('not valid JSON') });
  await expect(readJsonBody(request(streamed('"xxx"').body, {}), 4, {})).rejects.toMatchObject({ status: 413 });
  expect(await readJsonBody(request('{"b":2}'), 100, { a: 1 })).toEqual({ b: 2 });
});
