import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newestCli, minimumCli } from '../support/cli-versions.ts';
import { conversations } from '../support/conversations.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { toExpectedConversation } from '../support/to-expected-conversation.ts';
import { withoutCacheControl } from '../support/without-cache-control.ts';

describe.each([newestCli, minimumCli])('with CLI $version', (cli) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ cli, runner: { minIdle: 2, maxIdle: 2, maxLive: 1 } });
  });
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());

  test.each(conversations)('$name', async ({ messages }) => {
    const response = await server.chat({ model: 'sonnet', messages });
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' }, finish_reason: 'stop' }] });
    const [request, ...more] = server.mock.messages();
    expect(more).toEqual([]);
    const expected = toExpectedConversation(messages);
    const body = withoutCacheControl(request?.body);
    expect(body?.messages).toEqual(expected.messages);
    expect(body?.system).toEqual([
      { type: 'text', text: expect.stringMatching(/^x-anthropic-billing-header: [\w=.; -]+$/) },
      { type: 'text', text: "You are a Claude agent, built on Anthropic's Claude Agent SDK." },
      ...expected.system.map((text) => ({ type: 'text', text })),
    ]);
    expect(body?.tools).toEqual([]);
    expect(Object.keys(body ?? {}).toSorted()).toEqual(['max_tokens', 'messages', 'metadata', 'model', 'stream', 'system', 'tools']);
  });
});
