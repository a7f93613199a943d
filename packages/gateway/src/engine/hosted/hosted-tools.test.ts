import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { createMcpHosting } from './create-mcp-hosting.ts';
import { createMemoryConversationStore } from '../../testing/create-memory-conversation-store.ts';
import { createMemoryResponseStore } from '../../testing/create-memory-response-store.ts';
import { createScriptedRunner, type ScriptedRunner } from '../../testing/create-scripted-runner.ts';
import type { McpConnector } from '../../ports/mcp-connector.ts';
import type { Message } from '../../turn/message.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';
import { callBlock, textBlock } from '../../turn/block-events.ts';
import { noUsage } from '../../turn/usage.ts';

interface Item {
  readonly id: string;
  readonly type: string;
  readonly [key: string]: unknown;
}
interface Reply {
  readonly id: string;
  readonly status: string;
  readonly output: readonly Item[];
  readonly usage: { readonly output_tokens: number };
  readonly error: { readonly message: string; readonly param: string; readonly code: string } | null;
}

const usage = { ...noUsage, inputTokens: 10, outputTokens: 5 };

/** An answer that says something, and calls what is named, with these arguments. */
function answer(text: string, ...calls: readonly (readonly [id: string, name: string, input?: object])[]): TurnEvent[] {
  const said = text === '' ? 0 : 1;
  return [
    { type: 'turn-start', model: 'claude-sonnet-5-5', usage: noUsage },
    ...(text === '' ? [] : textBlock(0, [text])),
    ...calls.flatMap(([id, name, input = { q: 'x' }], index) =>
      callBlock(index + said, { id: `toolu_${id}`, name }, [JSON.stringify(input)]),
    ),
    { type: 'usage', usage },
    { type: 'turn-end', reason: calls.length > 0 ? 'tool_use' : 'end_turn' },
  ];
}

interface Served {
  readonly runner: ScriptedRunner;
  /** What was called on the servers. */
  readonly calls: unknown[];
  readonly connected: { label: string; headers: object }[];
  open: number;
  ask(body: object): Promise<Reply>;
  request(path: string, body: object): Promise<Response>;
  /** What Claude heard, one turn in short. */
  heard(index?: number): unknown;
}

const schema = { type: 'object', properties: { q: { type: 'string' } } };

function serve(answers: readonly TurnEvent[][], { allowed = true }: { allowed?: boolean } = {}): Served {
  let turn = 0;
  const runner = createScriptedRunner({ script: () => answers[Math.min(turn++, answers.length - 1)] ?? [] });
  const served: Pick<Served, 'calls' | 'connected' | 'open'> = { calls: [], connected: [], open: 0 };
  const mcp: McpConnector = {
    async connect({ label, headers }) {
      served.connected.push({ label, headers });
      served.open += 1;
      return {
        tools: [
          { name: 'search', description: 'Searches.', inputSchema: schema, annotations: { readOnlyHint: true } },
          { name: 'delete', description: 'Deletes.', inputSchema: schema },
        ],
        async call(name, input) {
          served.calls.push([label, name, input]);
          return name === 'delete' ? { text: 'Not possible.', isError: true } : { text: `found ${served.calls.length}`, isError: false };
        },
        async close() {
          served.open -= 1;
        },
      };
    },
  };
  const app = createGateway({
    runner,
    ...(allowed && { mcp: createMcpHosting(mcp) }),
    optionNames: { mcp: 'server.allow_mcp_urls' },
    conversations: { store: createMemoryConversationStore() },
    responses: { store: createMemoryResponseStore() },
  });
  const request = async (path: string, body: object): Promise<Response> =>
    app.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', ...body }),
    });
  return Object.assign(served, {
    runner,
    request,
    ask: async (body: object) => (await (await request('/v1/responses', body)).json()) as Reply,
    heard: (index = -1) => short(runner.turns.at(index)?.messages ?? []),
  });
}

function short(messages: readonly Message[]): unknown[] {
  return messages.map(({ role, content }) => [
    role,
    ...content.map((block) => {
      if (block.type === 'text') return block.text;
      if (block.type === 'tool_use') return `${block.id} ${block.name} ${JSON.stringify(block.input)}`;
      if (block.type !== 'tool_result') return block.type;
      const said = block.content.map((each) => (each.type === 'text' ? each.text : each.type)).join();
      return `${block.tool_use_id} = ${said}${block.is_error === true ? ' (error)' : ''}`;
    }),
  ]);
}

const docs = { type: 'mcp', server_label: 'docs', server_url: 'https://docs.example.org/mcp?key=S3CRET', require_approval: 'never' };
const types = ({ output }: Reply): string[] => output.map(({ type }) => type);

test('Claude calls the tools of a server, and goes on with what they give', async () => {
  const served = serve([answer('I look.', ['1', 'docs__search']), answer('Done.')]);
  const reply = await served.ask({ input: 'hi', tools: [docs] });
  expect(types(reply)).toEqual(['mcp_list_tools', 'message', 'mcp_call', 'message']);
  expect(reply.output[0]).toMatchObject({
    server_label: 'docs',
    tools: [{ name: 'search', description: 'Searches.', input_schema: schema, annotations: { readOnlyHint: true } }, { name: 'delete' }],
  });
  expect(reply.output[2]).toMatchObject({
    ...{ server_label: 'docs', name: 'search', arguments: '{"q":"x"}', output: 'found 1', error: null, status: 'completed' },
  });
  expect(reply).toMatchObject({ status: 'completed', usage: { output_tokens: 10 } });
  expect(served.calls).toEqual([['docs', 'search', { q: 'x' }]]);
  expect(served.runner.turns[0]?.tools.map(({ name }) => name)).toEqual(['docs__delete', 'docs__search']);
  expect(served.heard()).toEqual([
    ['user', 'hi'],
    ['assistant', 'I look.', 'toolu_1 docs__search {"q":"x"}'],
    ['user', 'toolu_1 = found 1'],
  ]);
  await expect.poll(() => served.open).toBe(0);
});

test('the next request goes on with all of it, by its response or by the whole input, the same', async () => {
  const answers = [answer('I look.', ['1', 'docs__search'], ['2', 'docs__delete']), answer('Done.'), answer('Yes.')];
  const byId = serve(answers);
  const first = await byId.ask({ input: 'hi', tools: [docs] });
  await byId.ask({ previous_response_id: first.id, input: 'Sure?', tools: [docs] });
  const expected = [
    ['user', 'hi'],
    ['assistant', 'I look.', 'toolu_1 docs__search {"q":"x"}', 'toolu_2 docs__delete {"q":"x"}'],
    ['user', 'toolu_1 = found 1', 'toolu_2 = Not possible. (error)'],
    ['assistant', 'Done.'],
    ['user', 'Sure?'],
  ];
  expect(byId.heard()).toEqual(expected);
  const whole = serve(answers);
  const { output } = await whole.ask({ input: 'hi', tools: [docs] });
  const second = await whole.ask({
    input: [{ role: 'user', content: 'hi' }, ...output, { role: 'user', content: 'Sure?' }],
    tools: [docs],
  });
  expect(whole.heard()).toEqual(expected);
  expect(types(second)).toEqual(['message']);
});

test('calls of one answer and of several are told apart when they come back', async () => {
  const served = serve([answer('', ['1', 'docs__search']), answer('', ['2', 'docs__search'], ['3', 'docs__search']), answer('Done.')]);
  const { output } = await served.ask({ input: 'hi', tools: [docs], store: false });
  await served.ask({ input: [{ role: 'user', content: 'hi' }, ...output, { role: 'user', content: 'Sure?' }], store: false });
  expect(served.heard()).toEqual([
    ['user', 'hi'],
    ['assistant', 'toolu_1 docs__search {"q":"x"}'],
    ['user', 'toolu_1 = found 1'],
    ['assistant', 'toolu_2 docs__search {"q":"x"}', 'toolu_3 docs__search {"q":"x"}'],
    ['user', 'toolu_2 = found 2', 'toolu_3 = found 3'],
    ['assistant', 'Done.'],
    ['user', 'Sure?'],
  ]);
});

test.each([true, false])('a call waits for leave, and is made or not (kept: %s)', async (kept) => {
  const asking = answer('', ['1', 'docs__search'], ['2', 'docs__delete']);
  const served = serve([asking, answer('Done.'), answer('Yes.')]);
  const tools = [{ ...docs, require_approval: undefined }];
  const first = await served.ask({ input: 'hi', tools, store: kept });
  expect(types(first)).toEqual(['mcp_list_tools', 'mcp_approval_request', 'mcp_approval_request']);
  expect(first.output[1]).toMatchObject({ server_label: 'docs', name: 'search', arguments: '{"q":"x"}' });
  expect(served.calls).toEqual([]);
  const respond = (index: number, more: object): object => ({
    type: 'mcp_approval_response',
    approval_request_id: first.output[index]?.id,
    ...more,
  });
  const input: object[] = [respond(1, { approve: true }), respond(2, { approve: false, reason: 'too bold' })];
  const history = [{ role: 'user', content: 'hi' }, ...first.output, ...input];
  const second = await served.ask(kept ? { previous_response_id: first.id, input, tools } : { input: history, tools, store: false });
  expect(types(second)).toEqual(kept ? ['mcp_list_tools', 'mcp_call', 'message'] : ['mcp_call', 'message']);
  expect(second.output.at(-2)).toMatchObject({ output: 'found 1', approval_request_id: first.output[1]?.id });
  expect(served.calls).toEqual([['docs', 'search', { q: 'x' }]]);
  const expected = [
    ['user', 'hi'],
    ['assistant', 'toolu_1 docs__search {"q":"x"}', 'toolu_2 docs__delete {"q":"x"}'],
    ['user', 'toolu_1 = found 1', 'toolu_2 = The user did not allow this call: too bold (error)'],
  ];
  expect(served.heard()).toEqual(expected);
  const more = { role: 'user', content: 'Sure?' };
  await served.ask(
    kept ? { previous_response_id: second.id, input: [more], tools } : { input: [...history, ...second.output, more], tools, store: false },
  );
  expect(served.heard()).toEqual([...expected, ['assistant', 'Done.'], ['user', 'Sure?']]);
  expect(served.calls).toHaveLength(1);
});

test("calls of the caller's tools wait for it, those beside them are made", async () => {
  const f = { type: 'function', name: 'f', parameters: schema };
  const served = serve([answer('', ['1', 'f'], ['2', 'docs__search']), answer('Done.')]);
  const first = await served.ask({ input: 'hi', tools: [docs, f] });
  expect(types(first)).toEqual(['mcp_list_tools', 'function_call', 'mcp_call']);
  expect(first.output[2]).toMatchObject({ output: 'found 1' });
  await served.ask({
    previous_response_id: first.id,
    input: [{ type: 'function_call_output', call_id: 'toolu_1', output: 'one' }],
    tools: [docs, f],
  });
  expect(served.heard()).toEqual([
    ['user', 'hi'],
    ['assistant', 'toolu_1 f {"q":"x"}', 'toolu_2 docs__search {"q":"x"}'],
    ['user', 'toolu_2 = found 1', 'toolu_1 = one'],
  ]);
});

test.each<[string, unknown, string[]]>([
  ['always', 'always', ['mcp_approval_request', 'mcp_approval_request']],
  ['never', 'never', ['mcp_call', 'mcp_call', 'message']],
  ['not for one', { never: { tool_names: ['search'] } }, ['mcp_call', 'mcp_approval_request']],
  ['not for what only reads', { never: { read_only: true } }, ['mcp_call', 'mcp_approval_request']],
  [
    'in any case for one',
    { never: { read_only: true }, always: { tool_names: ['search'] } },
    ['mcp_approval_request', 'mcp_approval_request'],
  ],
  ['for one, and nothing is said of others', { always: { tool_names: ['search'] } }, ['mcp_approval_request', 'mcp_approval_request']],
  ['by an empty filter', { never: {} }, ['mcp_approval_request', 'mcp_approval_request']],
])('leave is asked for: %s', async (_, required, expected) => {
  const served = serve([answer('', ['1', 'docs__search'], ['2', 'docs__delete']), answer('Done.')]);
  expect(types(await served.ask({ input: 'hi', tools: [{ ...docs, require_approval: required }] })).slice(1)).toEqual(expected);
});

test.each<[string, unknown]>([
  ['a list', ['search']],
  ['names', { tool_names: ['search', 'none'] }],
  ['what only reads', { read_only: true }],
])('only what is allowed is there, and nothing else is called: %s', async (_, allowed) => {
  const served = serve([answer('', ['1', 'docs__delete']), answer('Done.')]);
  const reply = await served.ask({ input: 'hi', tools: [{ ...docs, allowed_tools: allowed }] });
  expect(served.runner.turns[0]?.tools.map(({ name }) => name)).toEqual(['docs__search']);
  expect(served.calls).toEqual([]);
  expect(types(reply)).toEqual(['mcp_list_tools', 'function_call']);
});

test('no more calls are made than the caller wants', async () => {
  const served = serve([answer('', ['1', 'docs__search'], ['2', 'docs__search']), answer('', ['3', 'docs__search']), answer('Done.')]);
  const reply = await served.ask({ input: 'hi', tools: [docs], max_tool_calls: 1 });
  expect(served.calls).toHaveLength(1);
  expect(reply.output[2]).toMatchObject({ status: 'failed', error: 'No more than 1 calls are allowed.' });
  expect(served.runner.turns[1]?.toolChoice).toEqual({ type: 'none' });
});

test('a model that calls on and on comes to an end', async () => {
  const served = serve([answer('', ['1', 'docs__search'])]);
  const reply = await served.ask({ input: 'hi', tools: [docs], max_tool_calls: 2 });
  expect(served.calls).toHaveLength(2);
  expect(served.runner.turns).toHaveLength(3);
  expect(reply).toMatchObject({ status: 'completed', output: [{}, {}, {}, { status: 'failed' }] });
});

test.each<[string, object, object | undefined, string[]]>([
  ['any of a server', { type: 'mcp', server_label: 'docs' }, { type: 'any', disableParallel: false }, ['docs__delete', 'docs__search']],
  [
    'one tool of it',
    { type: 'mcp', server_label: 'docs', name: 'search' },
    { type: 'tool', name: 'docs__search', disableParallel: true },
    ['docs__delete', 'docs__search', 'f'],
  ],
  [
    'some are allowed',
    { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'mcp', server_label: 'docs', name: 'search' }] },
    undefined,
    ['docs__search'],
  ],
])('a choice: %s, once', async (_, choice, expected, names) => {
  const served = serve([answer('', ['1', 'docs__search']), answer('Done.')]);
  await served.ask({ input: 'hi', tools: [docs, { type: 'function', name: 'f' }], tool_choice: choice });
  expect(served.runner.turns[0]?.toolChoice).toEqual(expected);
  expect(served.runner.turns[0]?.tools.map(({ name }) => name)).toEqual(names);
  expect(served.runner.turns[1]?.toolChoice?.type ?? 'auto').toBe('auto');
});

test.each<[string, object, string, string]>([
  ['a tool that the server does not have', { tool_choice: { type: 'mcp', server_label: 'docs', name: 'none' } }, 'tool_choice', 'none'],
  ['a server that is not there', { tool_choice: { type: 'mcp', server_label: 'x' } }, 'tool_choice', "'x'"],
  ['two servers of one name', { tools: [docs, docs] }, 'tools', 'twice'],
  ['a name that another tool has', { tools: [docs, { type: 'function', name: 'docs__search' }] }, 'tools', 'twice'],
  ['too many servers', { tools: Array.from({ length: 17 }, (_, index) => ({ ...docs, server_label: `s${index}` })) }, 'tools[16]', '16'],
  ['no address', { tools: [{ ...docs, server_url: undefined }] }, 'tools[0]', 'server_url'],
  ['a connector', { tools: [{ ...docs, server_url: undefined, connector_id: 'connector_gmail' }] }, 'tools[0]', 'connector_id'],
  ['a header that breaks lines', { tools: [{ ...docs, headers: { a: 'b\r\nc: d' } }] }, 'tools[0].headers', "'a'"],
  ['a header of the connection', { tools: [{ ...docs, headers: { Host: 'b' } }] }, 'tools[0].headers', "'Host'"],
  [
    'an approval of nothing',
    { input: [{ type: 'mcp_approval_response', approval_request_id: 'mcpr_x', approve: true }] },
    'input[0].approval_request_id',
    'mcpr_x',
  ],
])('a 400: %s', async (_, body, param, said) => {
  const served = serve([answer('Done.')]);
  const reply = await served.ask({ input: 'hi', tools: [docs], ...body });
  expect(reply.error).toMatchObject({ param });
  expect(reply.error?.message).toContain(said);
  expect(JSON.stringify(reply)).not.toContain('S3CRET');
  expect(served.runner.turns).toHaveLength(0);
  expect(served.open).toBe(0);
});

test('where the operator does not allow it the setting is named', async () => {
  const served = serve([answer('Done.')], { allowed: false });
  const reply = await served.ask({ input: 'hi', tools: [docs] });
  expect(reply.error).toMatchObject({ param: 'tools[0]', code: 'unsupported_value' });
  expect(reply.error?.message).toContain('server.allow_mcp_urls');
});

test('what is secret goes to the server alone', async () => {
  const served = serve([answer('Done.')]);
  const secret = { ...docs, headers: { 'x-key': 'HUSH-1' }, authorization: 'HUSH-2' };
  const reply = await served.ask({
    input: [
      { type: 'additional_tools', tools: [{ ...secret, server_label: 'more' }] },
      { role: 'user', content: 'hi' },
    ],
    tools: [secret],
  });
  expect(served.connected).toEqual(
    ['docs', 'more'].map((label) => ({ label, headers: { 'x-key': 'HUSH-1', authorization: 'Bearer HUSH-2' } })),
  );
  const app = await served.request(`/v1/responses`, { input: 'x', previous_response_id: reply.id, tools: [secret], stream: true });
  for (const text of [JSON.stringify(reply), await app.text(), JSON.stringify(served.runner.turns)]) {
    expect(text).not.toContain('HUSH');
    expect(text).not.toContain('S3CRET');
  }
  expect(JSON.stringify(reply)).toContain('https://docs.example.org/<redacted>');
});

test('a stream tells the call as it goes', async () => {
  const served = serve([answer('', ['1', 'docs__search']), answer('Done.')]);
  const text = await (await served.request('/v1/responses', { input: 'hi', tools: [docs], stream: true })).text();
  const events = [...text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name);
  expect(events).toEqual([
    ...['response.created', 'response.in_progress'],
    ...[
      'response.output_item.added',
      'response.mcp_list_tools.in_progress',
      'response.mcp_list_tools.completed',
      'response.output_item.done',
    ],
    ...[
      'response.output_item.added',
      'response.mcp_call.in_progress',
      'response.mcp_call_arguments.delta',
      'response.mcp_call_arguments.done',
    ],
    ...['response.mcp_call.completed', 'response.output_item.done'],
    ...['response.output_item.added', 'response.content_part.added', 'response.output_text.delta', 'response.output_text.done'],
    ...['response.content_part.done', 'response.output_item.done', 'response.completed'],
  ]);
});
