import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { errorReply, textReply } from '@claude-code-api/mock-anthropic';
import { newestCli, minimumCli } from '../../support/cli/cli-versions.ts';
import { createThread } from '../../support/chat/create-thread.ts';
import { expectErrorResponse } from '../../support/chat/expect-error.ts';
import { readHealth } from '../../support/servers/read-health.ts';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';

const question = { model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: 'hi' }] };

describe.each([newestCli, minimumCli])('with CLI $version', (cli) => {
  let server: TestServer;
  /** In conversations that go on: an answer with its id need not be the first of a process. */
  let chat: TestServer['chat'];
  beforeAll(async () => {
    const settings = { 'profiles.agent': '{"tools": ["Read"]}' };
    server = await startTestServer({ cli, settings, runner: { maxLive: 2 } });
    chat = createThread(server);
  });
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());

  const logged = (): unknown => server.log.findLast(({ message }) => message === 'request')?.fields['upstreamRequestId'];

  test.each(['', 'agent/'])('Anthropic’s id of a request is in the reply and in the log (%s)', async (profile) => {
    const body = { ...question, model: profile + question.model };
    const whole = await chat(body);
    await whole.text();
    const id = whole.headers.get('x-claude-request-id');
    expect(id).toMatch(/^req_mock\d+$/);
    expect(logged()).toBe(id);
    await (await chat({ ...body, stream: true })).text();
    expect(logged()).toMatch(/^req_mock\d+$/);
    expect(logged()).not.toBe(id);
    server.mock.reply(errorReply(400, 'invalid_request_error', 'no'));
    const failed = await chat(body);
    expect(failed.headers.get('x-claude-request-id')).toMatch(/^req_mock\d+$/);
    expect(logged()).toBe(failed.headers.get('x-claude-request-id'));
  });

  // How a user is told is ours, whatever the CLI.
  if (cli === newestCli)
    test('what the API does not take as a user is told by its hash', async () => {
      for (const user of ['alice', 'alice@example.com', 'u'.repeat(300)]) await (await chat({ ...question, user })).text();
      const ids = server.mock.messages().map(({ body }) => String(body.metadata?.['user_id']));
      const users = ids.map((id) => (JSON.parse(id) as { readonly end_user: string }).end_user);
      expect(users).toEqual(['alice', expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/)]);
      for (const id of ids) expect(id.length).toBeLessThanOrEqual(256);
      expect(ids.join()).not.toContain('example.com');
    });

  test('a 429 that waiting does not mend is not to be repeated', async () => {
    server.mock.replyWith(() => errorReply(429, 'rate_limit_error', 'Extra usage is required for long context requests.'));
    const expected = { status: 429, type: 'insufficient_quota', code: 'insufficient_quota', shouldRetry: 'false' };
    for (const stream of cli === newestCli ? [false, true] : [false])
      await expectErrorResponse(await chat({ ...question, stream }), expected);
  });

  test('a login that was refused is told until a turn succeeds', async () => {
    const metric = async (): Promise<string | undefined> =>
      /^claude_code_api_login_refused (\d)$/m.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1];
    expect(await readHealth(server.url)).toMatchObject({ status: 'ok' });
    expect(await metric()).toBe('0');
    server.mock.reply(errorReply(401, 'authentication_error', 'invalid x-api-key'));
    expect((await server.chat(question)).status).toBe(401);
    for (const _ of [1, 2]) {
      const response = await fetch(`${server.url}/health`);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({
        status: 'unavailable',
        problem: expect.stringMatching(/refused at 2.*succeeded since/) as string,
      });
    }
    expect(await metric()).toBe('1');
    server.mock.reply(errorReply(500, 'api_error', 'no'), textReply('back'));
    expect((await server.chat(question)).status).toBe(500);
    expect(await metric()).toBe('1');
    await (await server.chat({ ...question, stream: true })).text();
    expect(await readHealth(server.url)).toMatchObject({ status: 'ok' });
    expect(await metric()).toBe('0');
  });
});
