import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createMcpConnector } from '@claude-code-api/node';
import { textReply, toolUseReply } from '@claude-code-api/mock-anthropic';
import { processOf } from '../../support/chat/tool-chat.ts';
import { withoutCacheControl } from '../../support/chat/without-cache-control.ts';
import { minimumCli, newestCli } from '../../support/cli/cli-versions.ts';
import { startMcpServer, type RunningMcpServer } from '../../support/servers/start-mcp-server.ts';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';
import { readStrictly } from './read-strictly.ts';

interface Item {
  readonly id: string;
  readonly type: string;
  readonly [key: string]: unknown;
}
interface Reply {
  readonly id: string;
  readonly output: readonly Item[];
}

const question = { role: 'user', content: 'Say it.' };
const mcp = createMcpConnector({ isAllowed: (address) => address === '127.0.0.1' });
let servers: readonly RunningMcpServer[];
beforeAll(async () => {
  servers = await Promise.all([startMcpServer(), startMcpServer('sse')]);
});
afterAll(async () => {
  await mcp.close();
  await Promise.all(servers.map((each) => each.close()));
});

let ids = 0;
const newCall = (name = 'every_thing__echo') => ({ id: `toolu_mcp${(ids += 1)}`, name, input: { message: `hello ${ids}` } });
const blocks = (content: unknown): unknown => (typeof content === 'string' ? [{ type: 'text', text: content }] : content);

describe.each([newestCli, minimumCli])('with CLI $version', (cli) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ cli, mcp, runner: { maxLive: 4 } });
  });
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());

  const tool = (more: object = {}, index = 0): object => ({
    ...{ type: 'mcp', server_label: 'every thing', server_url: servers[index]?.url, require_approval: 'never', allowed_tools: ['echo'] },
    ...more,
  });

  async function ask(body: object): Promise<Reply> {
    const response = await fetch(`${server.url}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', ...body }),
    });
    const text = await response.text();
    expect(response.status, text).toBe(200);
    return JSON.parse(text) as Reply;
  }

  /** What the API got with its last request. */
  const sent = (): unknown =>
    withoutCacheControl(server.mock.messages().at(-1)?.body.messages ?? []).map(({ role, content }) => [role, blocks(content)]);
  const processes = (): string[] => server.mock.messages().map(processOf);
  const use = (call: object): object => ({ type: 'tool_use', ...call });
  const result = ({ id, input: { message } }: ReturnType<typeof newCall>): unknown =>
    expect.objectContaining({ type: 'tool_result', tool_use_id: id, content: blocks(`Echo: ${message}`) });
  const types = ({ output }: Reply): string[] => output.map(({ type }) => type);

  test.each([0, 1])('its tools are called, in the same process, and the conversation goes on there (server %i)', async (index) => {
    const [one, other] = [newCall(), newCall()];
    server.mock.reply(toolUseReply([one, other]), textReply('Said.'), textReply('Yes.'));
    const first = await ask({ input: [question], tools: [tool({}, index)] });
    expect(types(first)).toEqual(['mcp_list_tools', 'mcp_call', 'mcp_call', 'message']);
    expect(first.output[1]).toMatchObject({ output: `Echo: ${one.input.message}`, status: 'completed' });
    const messages = [
      ['user', blocks('Say it.')],
      ['assistant', [use(one), use(other)]],
      ['user', [result(one), result(other)]],
    ];
    expect(sent()).toEqual(messages);
    expect(server.mock.messages()[0]?.body.tools).toMatchObject([{ name: 'every_thing__echo', input_schema: { required: ['message'] } }]);
    await ask({ previous_response_id: first.id, input: 'Sure?', tools: [tool({}, index)] });
    expect(sent()).toEqual([...messages, ['assistant', blocks('Said.')], ['user', blocks('Sure?')]]);
    server.mock.reply(textReply('Yes, yes.'));
    expect(new Set(processes()).size).toBe(1);
  });

  test.each([true, false])('a call waits for leave in the process that made it (kept: %s)', async (kept) => {
    const call = newCall();
    server.mock.reply(toolUseReply([call]), textReply('Said.'));
    const tools = [tool({ require_approval: 'always' })];
    const first = await ask({ input: [question], tools, store: kept });
    expect(types(first)).toEqual(['mcp_list_tools', 'mcp_approval_request']);
    const answer = { type: 'mcp_approval_response', approval_request_id: first.output[1]?.id, approve: true };
    const second = await ask(
      kept
        ? { previous_response_id: first.id, input: [answer], tools }
        : { input: [question, ...first.output, answer], tools, store: false },
    );
    expect(second.output.find(({ type }) => type === 'mcp_call')).toMatchObject({ output: `Echo: ${call.input.message}` });
    expect(sent()).toEqual([
      ['user', blocks('Say it.')],
      ['assistant', [use(call)]],
      ['user', [result(call)]],
    ]);
    expect(new Set(processes()).size).toBe(1);
  });

  test('what is not allowed is told Claude, and not called', async () => {
    const call = newCall();
    server.mock.reply(toolUseReply([call]), textReply('A pity.'));
    const tools = [tool({ require_approval: 'always' })];
    const first = await ask({ input: [question], tools });
    const answer = { type: 'mcp_approval_response', approval_request_id: first.output[1]?.id, approve: false, reason: 'No.' };
    await ask({ previous_response_id: first.id, input: [answer], tools });
    expect(JSON.stringify(sent())).toContain('The user did not allow this call: No.');
  });

  test('it is streamed as OpenAI has published it', async () => {
    server.mock.reply(toolUseReply([newCall()]), textReply('Said.'), toolUseReply([newCall()]));
    for (const [approval, expected] of [
      ['never', 'mcp_call'],
      ['always', 'mcp_approval_request'],
    ] as const) {
      const response = await fetch(`${server.url}/v1/responses`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'sonnet', stream: true, input: 'Say it.', tools: [tool({ require_approval: approval })] }),
      });
      const { itemTypes } = readStrictly(await response.text());
      expect(itemTypes).toContain(expected);
    }
  });
});
