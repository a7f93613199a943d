import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { textReply } from '@claude-code-api/mock-anthropic';
import { pixel } from '../../support/chat/pixel.ts';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(() => {
  server.mock.reset();
  server.mock.replyWith(() => textReply('ok'));
});
afterAll(() => server.close());

/** What the API was asked, but for whom and when. */
async function asked(path: string, body: object): Promise<unknown> {
  const response = await fetch(`${server.url}/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', store: false, ...body }),
  });
  expect(response.status, await response.text()).toBe(200);
  const { metadata: _, ...sent } = server.mock.messages().at(-1)?.body ?? {};
  return sent;
}

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
const schema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'], additionalProperties: false };
const image = `data:image/png;base64,${pixel}`;
const question = { role: 'user', content: 'Weather?' };
const f = { name: 'f', description: 'F', parameters };
const chatTool = { type: 'function', function: f };
const tool = { type: 'function', ...f };
const chatCall = (id: string, city: string): object => ({
  id,
  type: 'function',
  function: { name: 'f', arguments: JSON.stringify({ city }) },
});
const call = (id: string, city: string): object => ({ type: 'function_call', call_id: id, name: 'f', arguments: JSON.stringify({ city }) });
const output = (id: string, text: unknown): object => ({ type: 'function_call_output', call_id: id, output: text });
const result = (id: string, content: unknown): object => ({ role: 'tool', tool_call_id: id, content });

test.each<[string, object, object]>([
  ['a question', { messages: [question] }, { input: 'Weather?' }],
  [
    'instructions and developer messages',
    { messages: [{ role: 'system', content: 'One.' }, { role: 'developer', content: 'Two.' }, question] },
    { instructions: 'One.', input: [{ role: 'developer', content: [{ type: 'input_text', text: 'Two.' }] }, question] },
  ],
  [
    'a conversation',
    { messages: [question, { role: 'assistant', content: 'Rain.' }, { role: 'user', content: 'Sure?' }] },
    {
      input: [
        question,
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Rain.' }] },
        { role: 'user', content: 'Sure?' },
      ],
    },
  ],
  [
    'a system message behind an answer',
    {
      messages: [
        question,
        { role: 'assistant', content: 'Rain.' },
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Sure?' },
      ],
    },
    {
      input: [
        question,
        { role: 'assistant', content: 'Rain.' },
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Sure?' },
      ],
    },
  ],
  [
    'a picture',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See?' },
            { type: 'image_url', image_url: { url: image } },
          ],
        },
      ],
    },
    {
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'See?' },
            { type: 'input_image', image_url: image },
          ],
        },
      ],
    },
  ],
  [
    'a file',
    { messages: [{ role: 'user', content: [{ type: 'file', file: { filename: 'a.txt', file_data: 'data:text/plain;base64,aGk=' } }] }] },
    { input: [{ role: 'user', content: [{ type: 'input_file', filename: 'a.txt', file_data: 'data:text/plain;base64,aGk=' }] }] },
  ],
  ['tools', { messages: [question], tools: [chatTool] }, { input: [question], tools: [tool] }],
  [
    'strict tools, one call at a time',
    { messages: [question], tools: [{ type: 'function', function: { ...f, strict: true } }], parallel_tool_calls: false },
    { input: [question], tools: [{ ...tool, strict: true }], parallel_tool_calls: false },
  ],
  [
    'a forced tool',
    { messages: [question], tools: [chatTool], tool_choice: { type: 'function', function: { name: 'f' } } },
    { input: [question], tools: [tool], tool_choice: { type: 'function', name: 'f' } },
  ],
  [
    'calls and results',
    {
      messages: [
        question,
        { role: 'assistant', content: 'Let me see.', tool_calls: [chatCall('a', 'Paris'), chatCall('b', 'Oslo')] },
        result('b', '2'),
        result('a', '1'),
      ],
      tools: [chatTool],
    },
    {
      input: [
        question,
        { role: 'assistant', content: 'Let me see.' },
        call('a', 'Paris'),
        call('b', 'Oslo'),
        output('b', '2'),
        output('a', '1'),
      ],
      tools: [tool],
    },
  ],
  [
    'two rounds of calls',
    {
      messages: [
        question,
        { role: 'assistant', tool_calls: [chatCall('a', 'Paris')] },
        result('a', '1'),
        { role: 'assistant', tool_calls: [chatCall('b', 'Oslo')] },
        result('b', '2'),
      ],
      tools: [chatTool],
    },
    { input: [question, call('a', 'Paris'), output('a', '1'), call('b', 'Oslo'), output('b', '2')], tools: [tool] },
  ],
  [
    'a result with a picture',
    {
      messages: [
        question,
        { role: 'assistant', tool_calls: [chatCall('a', 'Paris')] },
        result('a', [{ type: 'image_url', image_url: { url: image } }]),
      ],
      tools: [chatTool],
    },
    { input: [question, call('a', 'Paris'), output('a', [{ type: 'input_image', image_url: image }])], tools: [tool] },
  ],
  [
    'a custom tool',
    {
      messages: [question],
      tools: [
        {
          type: 'custom',
          custom: { name: 'c', description: 'C', format: { type: 'grammar', grammar: { syntax: 'regex', definition: 'a+' } } },
        },
      ],
    },
    {
      input: [question],
      tools: [{ type: 'custom', name: 'c', description: 'C', format: { type: 'grammar', syntax: 'regex', definition: 'a+' } }],
    },
  ],
  [
    'a schema',
    { messages: [question], response_format: { type: 'json_schema', json_schema: { name: 's', schema } } },
    { input: [question], text: { format: { type: 'json_schema', name: 's', schema } } },
  ],
  ['effort', { messages: [question], reasoning_effort: 'high' }, { input: [question], reasoning: { effort: 'high' } }],
  [
    'no thinking, few tokens',
    { messages: [question], reasoning_effort: 'none', max_tokens: 100 },
    { input: [question], reasoning: { effort: 'none' }, max_output_tokens: 100 },
  ],
  ['an end user', { messages: [question], user: 'alice' }, { input: [question], user: 'alice' }],
])('%s asks the API for what the same chat would', async (_, chat, responses) => {
  server.mock.replyWith(({ body }) => textReply(body.output_config?.['format'] === undefined ? 'ok' : '{"a":1}'));
  const expected = await asked('chat/completions', chat);
  expect(expected).toHaveProperty('messages');
  expect(await asked('responses', responses)).toEqual(expected);
});
