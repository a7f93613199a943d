import { textReply, toolUseReply } from '@claude-code-api/mock-anthropic';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { askResponses, textOf, type Responses, type ToldResponse } from '../../support/chat/ask-responses.ts';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';
import { processOf } from '../../support/chat/tool-chat.ts';

const tools = [
  {
    type: 'function',
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    strict: false,
  },
];

let server: TestServer;
let responses: Responses;
beforeAll(async () => {
  server = await startTestServer({ runner: { minIdle: 0, maxIdle: 0, maxLive: 3 } });
  responses = askResponses(server.url);
});
afterAll(() => server.close());
beforeEach(() => server.mock.reset());

let calls = 0;

/** Asks what leads to a call, and gives the response in which it is held. */
async function ask(more: object): Promise<ToldResponse> {
  server.mock.reply(
    toolUseReply([{ id: `toolu_held_${(calls += 1)}`, name: 'get_weather', input: { city: 'Oslo' } }]),
    textReply('It is cold.'),
  );
  const told = await responses.ask({ input: 'Weather?', tools, ...more });
  return 'background' in more ? responses.until(told.id, 'completed') : told;
}

const outputOf = ({ output }: ToldResponse): object => ({ type: 'function_call_output', call_id: output[0]?.call_id, output: 'cold' });

describe.each([
  ['whole', {}],
  ['in the background', { background: true }],
])('a call that is made %s', (_, more) => {
  test.each([
    ['whole', {}],
    ['in the background', { background: true }],
  ])('waits in its process for the output, which comes by previous_response_id alone, %s', async (__, next) => {
    const called = await ask(more);
    expect(called.output).toMatchObject([{ type: 'function_call', call_id: expect.stringMatching(/./) }]);
    const answered = await responses.ask({ input: [outputOf(called)], previous_response_id: called.id, tools, ...next });
    const told = 'background' in next ? await responses.until(answered.id, 'completed') : answered;
    expect(textOf(told)).toBe('It is cold.');
    const [asked, went] = server.mock.messages();
    expect(server.mock.messages()).toHaveLength(2);
    expect(went && processOf(went)).toBe(asked && processOf(asked));
    expect(went?.body.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  test('whose output comes twice is answered, and then again in a branch of its own', async () => {
    const called = await ask(more);
    const body = { input: [outputOf(called)], previous_response_id: called.id, tools };
    expect(textOf(await responses.ask(body))).toBe('It is cold.');
    expect(textOf(await responses.ask(body))).toBe('Hello world');
    expect(
      server.mock
        .messages()
        .at(-1)
        ?.body.messages.map(({ role }) => role),
    ).toEqual(['user', 'assistant', 'user']);
  });
});
