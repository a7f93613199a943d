import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cutReply, errorReply, rawReply, streamErrorReply, type Reply } from '@claude-code-api/mock-anthropic';
import { newestCli, minimumCli } from '../../support/cli/cli-versions.ts';
import { expectErrorInStream, expectErrorResponse, type ExpectedError } from '../../support/chat/expect-error.ts';
import { makeTemporaryDirectory } from '../../support/make-temporary-directory.ts';
import { slowCutReply } from '../../support/chat/broken-reply.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../../support/servers/start-test-server.ts';

const question = { model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] };
const invalid = 'invalid_request_error';
const unreachable = { status: 502, type: 'server_error', code: 'upstream_error' };

interface Failure extends ExpectedError {
  readonly what: string;
  readonly reply: Reply;
}

/** How each status is told is shown beside the code; here is what the CLI makes of those that it takes in ways of its own. */
const upstreamErrors: Failure[] = [
  {
    what: '400',
    reply: errorReply(400, invalid, 'messages.0: is wrong'),
    status: 400,
    type: invalid,
    code: null,
    message: /^messages\.0: is wrong$/,
  },
  {
    what: '400, prompt is too long',
    reply: errorReply(400, invalid, 'prompt is too long: 250000 tokens > 200000 maximum'),
    ...{
      status: 400,
      type: invalid,
      code: 'context_length_exceeded',
      param: 'messages',
      message: /maximum context length.*reduce the length of the messages/,
    },
  },
  {
    what: '400, no credit',
    reply: errorReply(400, invalid, 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.'),
    ...{ status: 429, type: 'insufficient_quota', code: 'insufficient_quota', shouldRetry: 'false', message: /credit/i },
  },
  {
    what: '401',
    reply: errorReply(401, 'authentication_error', 'invalid x-api-key'),
    ...{ status: 401, type: 'authentication_error', code: 'claude_not_logged_in', message: /login was refused/ },
  },
  {
    what: '403',
    reply: errorReply(403, 'permission_error', 'No permission.'),
    status: 403,
    type: 'permission_error',
    code: null,
    message: /No permission/,
  },
  {
    what: '404',
    reply: errorReply(404, 'not_found_error', 'model: claude-x'),
    ...{
      status: 404,
      type: invalid,
      code: 'model_not_found',
      message: /^The model `sonnet` does not exist or you do not have access to it/,
    },
  },
  {
    what: '413',
    reply: errorReply(413, 'request_too_large', 'Too large'),
    status: 413,
    type: invalid,
    code: 'request_too_large',
    message: /too large/,
  },
  {
    what: '429',
    reply: errorReply(429, 'rate_limit_error', 'This request would exceed your rate limit.'),
    ...{ status: 429, type: 'requests', code: 'rate_limit_exceeded', retryAfter: '5', message: /^Rate limit reached/ },
  },
  {
    what: '529',
    reply: errorReply(529, 'overloaded_error', 'Overloaded'),
    ...{ status: 503, type: 'server_error', code: 'overloaded', retryAfter: '5', message: /Overloaded/ },
  },
  { what: 'a web page', reply: page(502, '<html>/etc/nginx http://127.0.0.1/</html>'), status: 500, type: 'server_error', code: null },
  { what: 'something that is no answer', reply: page(200, 'not JSON'), ...unreachable },
  { what: 'a connection cut before the first byte', reply: rawReply((request) => void request.socket.destroy()), ...unreachable },
  { what: 'a connection cut at once', reply: cutReply(''), ...unreachable },
  {
    what: 'an overload after the beginning, before any text',
    reply: streamErrorReply('', 'overloaded_error', 'Overloaded'),
    ...{ status: 503, type: 'server_error', code: 'overloaded', retryAfter: '5' },
  },
];

const alsoStreamed = new Set(['400', '529', 'a connection cut at once']);

const errorsInAnswers: (Failure & { text: string })[] = [
  {
    what: 'an overload',
    reply: streamErrorReply('Hello', 'overloaded_error', 'Overloaded'),
    ...{ text: 'Hello', status: 503, type: 'server_error', code: 'overloaded', retryAfter: '5' },
  },
  { what: 'an error of the API', reply: streamErrorReply('Hello', 'api_error', 'Internal server error'), text: 'Hello', ...unreachable },
  { what: 'a lost connection', reply: slowCutReply('Hello'), text: 'Hello', ...unreachable },
];

function page(status: number, text: string): Reply {
  return rawReply((_request, response) => void response.writeHead(status, { 'content-type': 'text/html' }).end(text));
}

describe('with the newest CLI', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ runner: { maxLive: 1 } });
  });
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());

  test.each(upstreamErrors)('upstream: $what', async ({ reply, ...expected }) => {
    server.mock.replyWith(() => reply);
    await expectErrorResponse(await server.chat(question), expected);
    // Before the first event an error is the same for all: a kind of each status is enough.
    if (alsoStreamed.has(expected.what)) await expectErrorResponse(await server.chat({ ...question, stream: true }), expected);
  });

  test.each(errorsInAnswers)('in the middle of an answer: $what', async ({ reply, text, ...expected }) => {
    server.mock.replyWith(() => reply);
    await expectErrorResponse(await server.chat(question), expected);
    await expectErrorInStream(await server.chat({ ...question, stream: true }), { ...expected, text });
  });

  test('after a failure the next question is answered', async () => {
    server.mock.reply(errorReply(500, 'api_error', 'Internal server error'));
    await expectErrorResponse(await server.chat(question), { status: 500, type: 'server_error', code: null });
    const response = await server.chat(question);
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' } }] });
  });
});

/** Runs a server of its own. */
async function withServer(options: TestServerOptions, use: (server: TestServer) => Promise<void>): Promise<void> {
  const server = await startTestServer(options);
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

test('the CLI asks again as often as it is told, and its last wait is what the caller is told', async () => {
  await withServer({ runner: { maxRetries: 1 } }, async (server) => {
    server.mock.replyWith(() => errorReply(429, 'rate_limit_error', 'Slow down.', { 'retry-after': '2' }));
    await expectErrorResponse(await server.chat(question), {
      status: 429,
      type: 'requests',
      code: 'rate_limit_exceeded',
      retryAfter: /^[23]$/,
    });
    expect(server.mock.messages()).toHaveLength(2);
    server.mock.reset();
    server.mock.reply(errorReply(529, 'overloaded_error', 'Overloaded'));
    expect(await (await server.chat(question)).json()).toMatchObject({ choices: [{ message: { content: 'Hello world' } }] });
    expect(server.mock.messages()).toHaveLength(2);
  });
});

test('nobody listens where Anthropic should be', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, 'close');
  await withServer({ environment: { ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` } }, async (server) => {
    await expectErrorResponse(await server.chat(question), unreachable);
    await expectErrorResponse(await server.chat({ ...question, stream: true }), unreachable);
  });
});

test.each([newestCli, minimumCli])('a CLI $version that is not logged in', async (cli) => {
  const home = await makeTemporaryDirectory();
  try {
    await withServer({ cli, environment: { HOME: home, ANTHROPIC_API_KEY: '' } }, async (server) => {
      const expected = { status: 401, type: 'authentication_error', code: 'claude_not_logged_in', message: /not logged in/ };
      await expectErrorResponse(await server.chat(question), expected);
      if (cli === newestCli) await expectErrorResponse(await server.chat({ ...question, stream: true }), expected);
      expect(server.mock.messages()).toEqual([]);
      const health = await fetch(`${server.url}/health`);
      expect(health.status).toBe(503);
      expect(await health.json()).toMatchObject({ status: 'unavailable', problem: expect.stringMatching(/not logged in/) });
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
