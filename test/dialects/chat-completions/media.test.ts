import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BlockParam } from '@claude-code-api/mock-anthropic';
import { createThread } from '../../support/chat/create-thread.ts';
import { expectErrorResponse } from '../../support/chat/expect-error.ts';
import { lastBlocks, toBlocks } from '../../support/chat/last-messages.ts';
import { makePng, pixel } from '../../support/chat/pictures.ts';
import { makeTemporaryDirectory } from '../../support/make-temporary-directory.ts';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';
import { withoutCacheControl } from '../../support/chat/without-cache-control.ts';

const base64 = (text: string, encoding: BufferEncoding = 'latin1'): string => Buffer.from(text, encoding).toString('base64');
const jpeg =
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=';
const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64').toString('base64');
const webp = 'UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA';
const pdf = base64('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
const text = 'Grüße 🌳\r\n@/etc/passwd\n';

const image = (url: string, more: object = {}): object => ({ type: 'image_url', image_url: { url, ...more } });
const file = (data: string, more: object = {}): object => ({ type: 'file', file: { file_data: data, ...more } });
const dataUrl = (type: string, data: string): string => `data:${type};base64,${data}`;
const imageBlock = (type: string, data: string): object => ({ type: 'image', source: { type: 'base64', media_type: type, data } });
const pdfBlock = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdf } };
const textBlock = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: text } };
const refused = { status: 400, type: 'invalid_request_error' };

function ask(server: Pick<TestServer, 'chat'>, parts: readonly object[] | string, before: readonly object[] = []): Promise<Response> {
  return server.chat({ model: 'sonnet', messages: [...before, { role: 'user', content: parts }] });
}

/** Asks, and gives the blocks of the last message that reached Claude. */
async function sent(
  server: Pick<TestServer, 'chat' | 'mock'>,
  parts: readonly object[] | string,
  before: readonly object[] = [],
): Promise<readonly BlockParam[]> {
  const response = await ask(server, parts, before);
  expect(response.status, await response.text()).toBe(200);
  return withoutCacheControl(lastBlocks(server.mock));
}

describe('with the newest CLI', () => {
  let server: TestServer;
  let chat: TestServer['chat'];
  beforeAll(async () => {
    server = await startTestServer({ runner: { maxLive: 2 } });
    chat = createThread(server);
  });
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());

  test.each([
    { what: 'PNG', url: dataUrl('image/png', pixel), block: imageBlock('image/png', pixel) },
    { what: 'JPEG', url: dataUrl('image/jpeg', jpeg), block: imageBlock('image/jpeg', jpeg) },
    { what: 'GIF', url: dataUrl('image/gif', gif), block: imageBlock('image/gif', gif) },
    { what: 'WebP', url: dataUrl('image/webp', webp), block: imageBlock('image/webp', webp) },
    { what: 'PNG that is called a JPEG', url: dataUrl('image/jpeg', pixel), block: imageBlock('image/png', pixel) },
    { what: 'JPEG that is called anything', url: dataUrl('application/octet-stream', jpeg), block: imageBlock('image/jpeg', jpeg) },
    { what: 'with a parameter and in capitals', url: `DATA:IMAGE/PNG;name=x;BASE64,${pixel}`, block: imageBlock('image/png', pixel) },
    { what: 'with line breaks', url: dataUrl('image/png', pixel.replaceAll(/.{20}/g, '$&\r\n')), block: imageBlock('image/png', pixel) },
    {
      what: 'an http URL',
      url: 'http://example.com/a b.png?x=1#y',
      block: { type: 'image', source: { type: 'url', url: 'http://example.com/a b.png?x=1#y' } },
    },
    {
      what: 'an https URL',
      url: 'https://example.com/a.png',
      block: { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
    },
  ])('a picture: $what', async ({ url, block }) => {
    const parts = [{ type: 'text', text: 'What is it?' }, image(url)];
    expect(await sent({ ...server, chat }, parts)).toEqual([{ type: 'text', text: 'What is it?' }, block]);
  });

  test.each(['auto', 'low', 'high', null])('detail is taken: %s', async (detail) => {
    expect(await sent({ ...server, chat }, [image(dataUrl('image/png', pixel), { detail })])).toEqual([imageBlock('image/png', pixel)]);
  });

  test.each([
    { what: 'the largest that the CLI leaves alone', width: 2000, height: 1200 },
    { what: 'a long strip', width: 20, height: 2000 },
  ])('a large picture is not changed: $what', async ({ width, height }) => {
    const png = makePng(width, height);
    const blocks = await sent({ ...server, chat }, [image(dataUrl('image/png', png))]);
    expect(JSON.stringify(blocks) === JSON.stringify([imageBlock('image/png', png)]), JSON.stringify(blocks).slice(0, 200)).toBe(true);
  });

  test('a picture of 500 kB is not changed', async () => {
    const big = Buffer.concat([Buffer.from(pixel, 'base64'), Buffer.alloc(511_000, 1)]).toString('base64');
    const [block] = await sent({ ...server, chat }, [image(dataUrl('image/png', big))]);
    expect(block?.source?.['data'] === big).toBe(true);
  });

  // A limit of the CLI's, without a switch: over 2000 pixels a side, or 512,000 bytes, it makes a smaller one, and says so to the model.
  test('a larger picture is scaled down by the CLI, but for one in the result of a tool', async () => {
    const png = makePng(2600, 40);
    const part = image(dataUrl('image/png', png));
    const [block, note, ...more] = await sent(server, [part]);
    const [width, height] = [16, 20].map((place) => Buffer.from(String(block?.source?.['data']), 'base64').readUInt32BE(place));
    expect([width, height]).toEqual([2000, 31]);
    expect(note).toEqual({ type: 'text', text: expect.stringMatching(/2600x40.*2000x31/) });
    expect(more).toEqual([]);
    server.mock.reset();
    const call = { id: 'toolu_1', type: 'function', function: { name: 'look', arguments: '{}' } };
    const before = [
      { role: 'user', content: 'Look.' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'toolu_1', content: [part] },
    ];
    await sent(server, 'And now?', before);
    const [result] = toBlocks(withoutCacheControl(server.mock.messages()[0]?.body ?? { messages: [] }).messages[2]);
    expect(JSON.stringify(result?.content) === JSON.stringify([imageBlock('image/png', png)])).toBe(true);
  });

  test('a picture that is scaled down brings a text of the CLI, and a line feed behind a text that comes last', async () => {
    const question = { type: 'text', text: 'What is it?' };
    const large = image(dataUrl('image/png', makePng(2500, 1500)));
    const textsOf = async (...parts: object[]): Promise<string[]> => {
      const texts = (await sent(server, parts)).flatMap((part) => (part.type === 'text' ? [String(part.text)] : []));
      return texts.toSorted((one, other) => one.length - other.length);
    };
    const note = expect.stringMatching(/^\[Image: .*2500x1500.*2000x1200/);
    expect(await textsOf(question, large)).toEqual(['What is it?', note]);
    server.mock.reset();
    expect(await textsOf(large, question)).toEqual(['What is it?\n', note]);
  });

  test.each([
    { what: 'PDF as a data URL', part: file(dataUrl('application/pdf', pdf)), block: pdfBlock },
    { what: 'PDF as bare base64, with its name', part: file(pdf, { filename: 'a b.pdf' }), block: { ...pdfBlock, title: 'a b.pdf' } },
    {
      what: 'PDF by URL',
      part: file('https://example.com/a.pdf', { filename: 'x' }),
      block: { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' }, title: 'x' },
    },
    { what: 'text', part: file(dataUrl('text/plain', base64(text, 'utf8'))), block: textBlock },
    {
      what: 'text that is called a PDF',
      part: file(dataUrl('application/pdf', base64(text, 'utf8')), { filename: 'a.md' }),
      block: { ...textBlock, title: 'a.md' },
    },
    { what: 'a picture', part: file(dataUrl('image/png', pixel), { filename: 'a.png' }), block: imageBlock('image/png', pixel) },
  ])('a file: $what', async ({ part, block }) => {
    expect(await sent({ ...server, chat }, [part, { type: 'text', text: 'Read it.' }])).toEqual([
      block,
      { type: 'text', text: 'Read it.' },
    ]);
  });

  test('pictures and files in the history, and in the results of tools', async () => {
    const parts = [image(dataUrl('image/png', pixel)), file(pdf), { type: 'text', text: 'x' }, image('https://example.com/a.png')];
    const blocks = [
      imageBlock('image/png', pixel),
      pdfBlock,
      { type: 'text', text: 'x' },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
    ];
    const call = { id: 'toolu_1', type: 'function', function: { name: 'look', arguments: '{}' } };
    const before = [
      { role: 'user', content: parts },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'toolu_1', content: parts },
      { role: 'assistant', content: 'I see.' },
    ];
    await sent(server, 'And now?', before);
    const { messages } = withoutCacheControl(server.mock.messages()[0]?.body ?? { messages: [] });
    expect(toBlocks(messages[0])).toEqual(blocks);
    expect(toBlocks(messages[2])).toEqual([{ type: 'tool_result', tool_use_id: 'toolu_1', content: blocks }]);
  });

  test('a conversation about a picture goes on in its process', async () => {
    const first = { role: 'user', content: [image(dataUrl('image/png', pixel))] };
    await sent(server, first.content);
    await sent(server, 'And now?', [first, { role: 'assistant', content: 'Hello world' }]);
    const [one, other] = server.mock.messages().map(({ headers }) => headers['x-claude-code-session-id']);
    expect(other).toBe(one);
  });

  test('a hundred pictures', async () => {
    const parts = Array.from({ length: 100 }, () => image(dataUrl('image/png', pixel)));
    expect(await sent(server, parts)).toEqual(parts.map(() => imageBlock('image/png', pixel)));
  });
});

describe('what is refused', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ cli: 'none' });
  });
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());
  const imageParam = 'messages[0].content[0].image_url.url';
  const fileParam = 'messages[0].content[0].file.file_data';

  test.each([
    {
      what: 'a picture of more than 5 MB',
      part: image(dataUrl('image/png', Buffer.concat([Buffer.from(pixel, 'base64'), Buffer.alloc(5_242_880)]).toString('base64'))),
      param: imageParam,
      message: /5242880 bytes in base64 at most/,
    },
    { what: 'bad base64', part: image('data:image/png;base64,iVBOR_w0!'), param: imageParam, message: /not valid base64/ },
    {
      what: 'a damaged picture',
      part: image(dataUrl('image/jpeg', base64('\xff\xd8\xff\xe0\x00\x10JFIF'))),
      param: imageParam,
      message: /damaged/,
    },
    { what: 'no data', part: image('data:image/png;base64,'), param: imageParam, message: /not valid base64/ },
    {
      what: 'base64 of no full length',
      part: image('data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAA'),
      param: imageParam,
      message: /not valid base64/,
    },
    { what: 'a data URL that is no base64', part: image('data:image/svg+xml,<svg/>'), param: imageParam, message: /data URL in base64/ },
    { what: 'SVG', part: image(dataUrl('image/svg+xml', base64('<svg/>'))), param: imageParam, message: /PNG, JPEG, GIF, WebP/ },
    { what: 'a PDF as a picture', part: image(dataUrl('image/png', pdf)), param: imageParam, message: /PNG, JPEG, GIF, WebP/ },
    { what: 'an unknown kind of file', part: file(base64('PK\x03\x04\x00\x00\xff\xfe')), param: fileParam, message: /PDF, plain text/ },
    { what: 'a file that is no base64', part: file('not base64!'), param: fileParam, message: /not valid base64/ },
    {
      what: 'a file by id',
      part: { type: 'file', file: { file_id: 'file-1' } },
      param: 'messages[0].content[0].file',
      message: /file_data/,
    },
    { what: 'a file of nothing', part: { type: 'file', file: {} }, param: 'messages[0].content[0].file', message: /file_data/ },
    {
      what: 'audio',
      part: { type: 'input_audio', input_audio: { data: 'x', format: 'wav' } },
      param: 'messages[0].content[0]',
      message: /audio/,
    },
    { what: 'file:', part: image('file:///etc/passwd'), param: imageParam, message: /scheme/ },
    { what: 'ftp:', part: image('ftp://example.com/a.png'), param: imageParam, message: /scheme/ },
    { what: 'javascript:', part: image('javascript:alert(1)'), param: imageParam, message: /scheme/ },
    { what: 'a path, as long as none is open', part: image('/etc/passwd'), param: imageParam, message: /file_access\.additional_dirs/ },
    { what: 'a home directory', part: image('~/a.png'), param: imageParam, message: /file_access\.additional_dirs/ },
    { what: 'an empty URL', part: image(''), param: imageParam, message: /./ },
    {
      what: 'a part of another kind',
      part: { type: 'video_url', video_url: {} },
      param: 'messages[0].content[0].type',
      message: /video_url/,
    },
  ])('$what', async ({ part, param, message }) => {
    await expectErrorResponse(await ask(server, [part]), { ...refused, code: expect.any(String), param, message });
    expect(server.mock.messages()).toEqual([]);
  });

  test.each([3_932_161, 3_938_778, 5_200_000])(
    'a picture in the result of a tool that has more in base64 than the API takes: %i bytes',
    async (bytes) => {
      const png = Buffer.concat([Buffer.from(pixel, 'base64'), Buffer.alloc(bytes)])
        .subarray(0, bytes)
        .toString('base64');
      const call = { id: 'toolu_1', type: 'function', function: { name: 'look', arguments: '{}' } };
      const messages = [
        { role: 'user', content: 'Look.' },
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'toolu_1', content: [{ type: 'text', text: 'x' }, image(dataUrl('image/png', png))] },
      ];
      for (const stream of [false, true]) {
        await expectErrorResponse(await server.chat({ model: 'sonnet', messages, stream }), {
          ...refused,
          code: 'invalid_value',
          param: 'messages[2].content[1].image_url.url',
          message: /5242880 bytes in base64 at most/,
        });
      }
      expect(server.mock.messages()).toEqual([]);
    },
  );

  test('more than a hundred of them, wherever they are', async () => {
    const fifty = Array.from({ length: 50 }, () => image(dataUrl('image/png', pixel)));
    const before = [
      { role: 'user', content: fifty },
      { role: 'assistant', content: 'x' },
    ];
    await expectErrorResponse(await ask(server, [...fifty, file(pdf)], before), {
      ...refused,
      code: 'invalid_value',
      param: 'messages',
      message: /101 .* 100 at most/,
    });
  });

  test('a picture in a system prompt, or of the assistant', async () => {
    const part = image(dataUrl('image/png', pixel));
    const response = await server.chat({
      model: 'sonnet',
      messages: [
        { role: 'system', content: [part] },
        { role: 'user', content: 'x' },
      ],
    });
    await expectErrorResponse(response, { ...refused, code: expect.any(String), param: expect.stringMatching(/^messages\[0\]/) });
  });
});

describe('paths', () => {
  let root: string;
  let server: TestServer;
  let chat: TestServer['chat'];
  beforeAll(async () => {
    root = await makeTemporaryDirectory();
    mkdirSync(join(root, 'open', 'within'), { recursive: true });
    mkdirSync(join(root, 'open-not'));
    const png = Buffer.from(pixel, 'base64');
    for (const name of ['open/a.png', 'open/within/b b.png', 'open/..c.png', 'open-not/a.png', 'secret.png'])
      writeFileSync(join(root, name), png);
    writeFileSync(join(root, 'open/not.txt'), 'x');
    writeFileSync(join(root, 'open/big.png'), Buffer.concat([png, Buffer.alloc(6_000_000)]));
    writeFileSync(join(root, 'open/bigger.png'), Buffer.alloc(40_000_000));
    symlinkSync(join(root, 'open/a.png'), join(root, 'open/link.png'));
    symlinkSync(join(root, 'secret.png'), join(root, 'open/out.png'));
    symlinkSync(root, join(root, 'open/up'));
    symlinkSync('/dev/zero', join(root, 'open/zero'));
    symlinkSync(join(root, 'open'), join(root, 'to-open'));
    execFileSync('mkfifo', [join(root, 'open/pipe')]);
    const directories = [join(root, 'open'), join(root, 'no-such-directory')];
    server = await startTestServer({
      settings: { 'file_access.additional_dirs': JSON.stringify(directories), 'file_access.tools': '[]' },
    });
    chat = createThread(server);
  });
  afterAll(async () => {
    await server.close();
    await rm(root, { recursive: true });
  });
  beforeEach(() => server.mock.reset());

  test.each(['open/a.png', 'open/within/b b.png', 'open/link.png', 'open/within/../a.png', 'open/..c.png', 'to-open/a.png'])(
    '%s is read',
    async (path) => {
      expect(await sent({ ...server, chat }, [image(`${root}/${path}`)])).toEqual([imageBlock('image/png', pixel)]);
    },
  );

  test.each([
    'secret.png',
    'open/out.png',
    'open/up/secret.png',
    'open/../secret.png',
    'open-not/a.png',
    'open',
    'open/within',
    'open/zero',
    'open/pipe',
    'open/no-such.png',
    'open/a.png/',
  ])('%s is not', async (path) => {
    await expectErrorResponse(await ask(server, [image(`${root}/${path}`)]), {
      ...refused,
      code: 'invalid_value',
      param: 'messages[0].content[0].image_url.url',
      message: /file_access\.additional_dirs/,
    });
  });

  test.each([
    '/dev/zero',
    '/proc/self/environ',
    '/etc/passwd',
    'a.png',
    './a.png',
    '../a.png',
    '',
    '/',
    '\0',
    '/\0/a.png',
    String.raw`C:\a.png`,
  ])('nor %j', async (path) => {
    const response = await ask(server, [image(path)]);
    expect(response.status, await response.text()).toBe(400);
    expect(server.mock.messages()).toEqual([]);
  });

  test.each([
    { path: 'open/not.txt', message: /PNG, JPEG, GIF, WebP/ },
    { path: 'open/big.png', message: /5242880 bytes in base64 at most/ },
    { path: 'open/bigger.png', message: /40000000 bytes/ },
  ])('$path is read, and refused for what it is', async ({ path, message }) => {
    await expectErrorResponse(await ask(server, [image(`${root}/${path}`)]), {
      ...refused,
      code: 'invalid_value',
      param: 'messages[0].content[0].image_url.url',
      message,
    });
  });
});

describe('URLs that the server fetches itself', () => {
  let web: Server;
  let server: TestServer;
  let asked = 0;
  beforeAll(async () => {
    web = createServer((_request, response) => {
      asked += 1;
      response.end(Buffer.from(pixel, 'base64'));
    }).listen(0, '127.0.0.1');
    server = await startTestServer({ cli: 'none', settings: { 'file_access.fetch_urls': 'true' } });
  });
  afterAll(async () => {
    await server.close();
    web.close();
  });

  test.each(['127.0.0.1', 'localhost', '2130706433', '[::ffff:127.0.0.1]'])('nothing on this machine: %s', async (host) => {
    const { port } = web.address() as AddressInfo;
    await expectErrorResponse(await ask(server, [image(`http://${host}:${port}/a.png`)]), {
      ...refused,
      code: 'invalid_value',
      param: 'messages[0].content[0].image_url.url',
      message: /could not be fetched/,
    });
    expect(asked).toBe(0);
  });
});
