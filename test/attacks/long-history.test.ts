import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChatMessage, ToolCall } from '../support/chat/chat-message.ts';
import { minimumCli, newestCli } from '../support/cli/cli-versions.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { toExpectedConversation } from '../support/chat/to-expected-conversation.ts';
import { withoutCacheControl } from '../support/chat/without-cache-control.ts';

const exchangesOf = (count: number): ChatMessage[] =>
  Array.from({ length: count }, (_, index): ChatMessage[] => [
    { role: 'user', content: `question ${index}` },
    { role: 'assistant', content: `answer ${index}` },
  ]).flat();

const toolCall = (id: string): ToolCall => ({ id, type: 'function', function: { name: 'look', arguments: `{"id":"${id}"}` } });
const call = (id: string): ChatMessage => ({ role: 'assistant', content: null, tool_calls: [toolCall(id)] });
const result = (id: string): ChatMessage => ({ role: 'tool', tool_call_id: id, content: `result ${id}` });

/** A program that works with tools of its own, and says nothing. */
const loopOf = (count: number): ChatMessage[] => [
  { role: 'user', content: 'Look at this.' },
  ...Array.from({ length: count }, (_, index) => [call(`toolu_${index}`), result(`toolu_${index}`)]).flat(),
];

/** The same, until it has said something; the last result is new. */
const workOf = (count: number): ChatMessage[] => [
  ...loopOf(count),
  { role: 'assistant', content: 'That was much.' },
  { role: 'user', content: 'Once more.' },
  call('toolu_last_but_one'),
  result('toolu_last_but_one'),
  call('toolu_last'),
  result('toolu_last'),
];

const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object', properties: { id: { type: 'string' } } } } }];

describe.each([newestCli, minimumCli])('with a CLI $version', (cli) => {
  let server: TestServer;
  beforeAll(async () => {
    const profile = JSON.stringify({ tools: [], system_prompt: 'none' });
    server = await startTestServer({
      cli,
      settings: { 'cache.enabled': 'false', 'profiles.agent': profile },
      runner: { minIdle: 0, maxIdle: 0, maxLive: 2 },
    });
  });
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());

  /** How much work of this process it is, in ms: others use the machine too. */
  async function ask(body: { model?: string; messages: readonly ChatMessage[]; tools?: object[] }): Promise<number> {
    const before = process.cpuUsage();
    const response = await server.chat({ model: 'sonnet', ...body });
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' } }] });
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  }

  function expectHeard(messages: readonly ChatMessage[]): void {
    const [request, ...more] = server.mock.messages();
    expect(more).toEqual([]);
    // The CLI tells an agent of its environment in a message of its own.
    const heard = withoutCacheControl(request?.body)?.messages.filter(({ role }) => role !== 'system');
    expect(heard).toEqual(toExpectedConversation(messages).messages);
  }

  test('2,000 exchanges are heard as they are within ten seconds of work, and their follow-up soon', async () => {
    const messages = [...exchangesOf(2000), { role: 'user', content: 'and now?' } as const];
    expect(await ask({ messages })).toBeLessThan(10_000);
    expectHeard(messages);
    server.mock.reset();
    const next = [...messages, { role: 'assistant', content: 'Hello world' } as const, { role: 'user', content: 'and then?' } as const];
    expect(await ask({ messages: next })).toBeLessThan(3000);
    expectHeard(next);
  });

  test('so are 1,000 calls with results, and some more that are not answered yet', async () => {
    const messages = workOf(1000);
    expect(await ask({ messages, tools })).toBeLessThan(10_000);
    expectHeard(messages);
  });

  test('so are 1,000 calls with results after which Claude has said nothing else, several at once the last', async () => {
    const last = ['toolu_one', 'toolu_two'];
    const several: ChatMessage = { role: 'assistant', content: null, tool_calls: last.map(toolCall) };
    const messages = [...loopOf(1000), several, ...last.map(result), call('toolu_last'), result('toolu_last')];
    for (const model of ['sonnet', 'agent/sonnet']) {
      server.mock.reset();
      expect(await ask({ model, messages, tools })).toBeLessThan(10_000);
      expectHeard(messages);
    }
  });

  test('so are both for an agent', async () => {
    const exchanges = [...exchangesOf(1000), { role: 'user', content: 'and now?' } as const];
    expect(await ask({ model: 'agent/sonnet', messages: exchanges })).toBeLessThan(10_000);
    expectHeard(exchanges);
    server.mock.reset();
    const work = workOf(500);
    expect(await ask({ model: 'agent/sonnet', messages: work, tools })).toBeLessThan(10_000);
    expectHeard(work);
  });
});
