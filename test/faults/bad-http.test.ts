import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningServer } from '@claude-code-api/node';
import { startLeakCheck, type LeakCheck } from '../support/leak-check.ts';
import { expectRawError, sendRaw } from '../support/raw-http.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';

let leaks: LeakCheck;
let server: RunningServer;
beforeEach(async () => {
  leaks = startLeakCheck();
  server = await startScriptedTestServer();
});
afterEach(async () => {
  await server.close();
  await leaks.finish();
});

const body = JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] });
const head = 'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
const chat = `${head}content-length: ${body.length}\r\n\r\n${body}`;
const get = (path: string, ...headers: string[]): string => [`GET ${path} HTTP/1.1`, 'host: localhost', ...headers, '', ''].join('\r\n');
const last = 'connection: close';

async function expectNextAnswered(): Promise<void> {
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body,
  });
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' } }] });
}

test.each<[string, string[], number, string]>([
  ['bytes that mean nothing', ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n'], 400, 'invalid_http'],
  ['a line that is none', ['HELLO\r\n\r\n'], 400, 'invalid_http'],
  ['a header that is none', ['GET / HTTP/1.1\r\nhost: a\r\nb c: d\r\n\r\n'], 400, 'invalid_http'],
  ['no host', ['GET / HTTP/1.1\r\n\r\n'], 400, 'invalid_http'],
  ['a host that is none', ['GET / HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n'], 400, 'invalid_http'],
  ['two lengths', [`${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`], 400, 'invalid_http'],
  ['a length that is none', [`${head}content-length: five\r\n\r\nhello`], 400, 'invalid_http'],
  ['a chunk that is none', [`${head}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n`], 400, 'invalid_http'],
  ['headers of a megabyte', ['GET / HTTP/1.1\r\nhost: a\r\n', `x-long: ${'x'.repeat(1_000_000)}\r\n\r\n`], 431, 'headers_too_large'],
  ['a URL of 20 kB', [get(`/${'x'.repeat(20_000)}`)], 431, 'headers_too_large'],
  ['chunk extensions of 20 kB', [`${head}transfer-encoding: chunked\r\n\r\n5;${'x'.repeat(20_000)}\r\nhello`], 413, 'request_too_large'],
  ['an unknown expectation', [get('/', 'expect: the-best')], 417, 'expectation_failed'],
  ['CONNECT', ['CONNECT example.org:443 HTTP/1.1\r\nhost: example.org:443\r\n\r\n'], 405, 'method_not_allowed'],
])('%s gets an error, and the connection closes', async (_, texts, status, code) => {
  expectRawError(await sendRaw(server.url, ...texts), status, code);
  await expectNextAnswered();
});

const upgrade = ['upgrade: websocket', 'connection: upgrade, close', 'sec-websocket-key: eA==', 'sec-websocket-version: 13'];
test.each<[string, string, RegExp]>([
  ['TRACE', `TRACE /health HTTP/1.1\r\nhost: localhost\r\n${last}\r\n\r\n`, /^HTTP\/1.1 404 .*"code":"unknown_url"/s],
  ['another method', `PURGE /health HTTP/1.1\r\nhost: localhost\r\n${last}\r\n\r\n`, /^HTTP\/1.1 404 .*"code":"unknown_url"/s],
  ['an upgrade', get('/health', ...upgrade), /^HTTP\/1.1 200 .*"status":"ok"/s],
  ['a whole URL', get('http://localhost/health', last), /^HTTP\/1.1 200 .*"status":"ok"/s],
  ['HTTP/1.0', 'GET /health HTTP/1.0\r\n\r\n', /^HTTP\/1.1 200 .*"status":"ok"/s],
  ['an asterisk', `OPTIONS * HTTP/1.1\r\nhost: localhost\r\n${last}\r\n\r\n`, /^HTTP\/1.1 400 .*"code":"invalid_http"/s],
  ['an expectation', chat.replace('\r\n', `\r\nexpect: 100-continue\r\n${last}\r\n`), /^HTTP\/1.1 100 .*HTTP\/1.1 200 .*Hello world/s],
  ['a long header', get('/health', `x-long: ${'x'.repeat(15_000)}`, last), /^HTTP\/1.1 200 .*"status":"ok"/s],
])('%s is answered', async (_, text, answer) => {
  expect(await sendRaw(server.url, text)).toMatch(answer);
  await expectNextAnswered();
});

test('requests one behind another are answered in their order', async () => {
  const answers = await sendRaw(server.url, chat + get('/health') + chat + get('/v1/models', last));
  expect(answers.match(/Hello world|"status":"ok"|"object":"list"/g)).toEqual([
    'Hello world',
    '"status":"ok"',
    'Hello world',
    '"object":"list"',
  ]);
});

test('a body longer than it said: the request is answered, and what follows is refused', async () => {
  const answers = await sendRaw(server.url, `${chat} and more\r\n\r\n`);
  const [first = '', second = ''] = answers.split(/(?=HTTP\/1\.1 400)/);
  expect(first).toMatch(/^HTTP\/1.1 200 .*Hello world/s);
  expectRawError(second, 400, 'invalid_http');
  await expectNextAnswered();
});
