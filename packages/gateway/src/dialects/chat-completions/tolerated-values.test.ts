import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { createMemoryConversationStore } from '../../testing/create-memory-conversation-store.ts';
import { createScriptedRunner } from '../../testing/create-scripted-runner.ts';
import type { Turn } from '../../turn/turn.ts';

const user = { role: 'user', content: 'hi' };

/** Sends a body as other servers' clients do, and gives the turn that comes of it. */
async function turnOf(body: string | object, stream = false): Promise<Turn> {
  const runner = createScriptedRunner();
  const app = createGateway({ runner });
  const text = typeof body === 'string' ? body : JSON.stringify({ model: 'sonnet', messages: [user], stream, ...body });
  const response = await app.request('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: text,
  });
  const answer = await response.text();
  expect(response.status, answer).toBe(200);
  expect(answer).toContain(stream ? '[DONE]' : 'Hello world');
  expect(response.headers.get('x-ignored-parameters')).toBeNull();
  return runner.turns[0]!;
}

test.each([
  { stop: '' },
  { stop: [] },
  { stop: [''] },
  { stop: null },
  { top_k: 0 },
  { top_k: -1 },
  { max_tokens: -1 },
  { max_tokens: 0 },
  { max_completion_tokens: -1 },
  { max_completion_tokens: 0 },
  { seed: -1 },
  { reasoning_effort: '' },
  { verbosity: '' },
])('%j asks for nothing, whole and streamed', async (body) => {
  const { requestId: _, ...asked } = await turnOf({});
  expect(await turnOf(body)).toMatchObject(asked);
  expect((await turnOf(body)).sampling).toEqual(asked.sampling);
  await turnOf(body, true);
});

test('beside a value that means none, others count', async () => {
  expect((await turnOf({ stop: ['END', ''] })).sampling).toEqual({ stopSequences: ['END'] });
  expect((await turnOf({ max_tokens: 5, max_completion_tokens: -1 })).sampling).toEqual({ maxOutputTokens: 5 });
});

test.each(['9223372036854775807', '-9223372036854775808', '12345678901234567'])('a seed may be any 64-bit integer: %s', async (seed) => {
  const response = await createGateway({ runner: createScriptedRunner() }).request('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"model":"sonnet","seed":${seed},"messages":[{"role":"user","content":"hi"}]}`,
  });
  expect(response.status).toBe(200);
});

const call = (id: unknown, more: object = {}): object => ({ id, type: 'function', function: { name: 'f', arguments: '{}' }, ...more });
const asked = (...calls: object[]): object => ({ role: 'assistant', content: null, tool_calls: calls });
const result = (id: unknown, content: unknown = 'r'): object => ({ role: 'tool', tool_call_id: id, content });

/** Which call each result answers, by the calls' places. */
function answered(turn: Turn): unknown[] {
  const blocks = turn.messages.flatMap(({ content }) => content);
  const ids = blocks.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
  expect(new Set(ids).size).toBe(ids.length);
  return blocks.flatMap((block) => (block.type === 'tool_result' ? [ids.indexOf(block.tool_use_id)] : []));
}

test.each<[string, object[], number[]]>([
  ['a result of null', [asked(call('a')), result('a', null)], [0]],
  ['a call whose type is null', [asked(call('a', { type: null })), result('a')], [0]],
  ['arguments of null', [asked(call('a', { function: { name: 'f', arguments: null } })), result('a')], [0]],
  ['empty ids', [asked(call(''), call('')), result('', 'one'), result('', 'two')], [0, 1]],
  ['arguments that are left out', [asked(call('a', { function: { name: 'f' } })), result('a')], [0]],
  ['a result that is left out', [asked(call('a')), { role: 'tool', tool_call_id: 'a' }], [0]],
  ['ids of null', [asked(call(null), call(null)), result(null), result(null)], [0, 1]],
  ['two calls of one id', [asked(call('f'), call('f')), result('f', 'one'), result('f', 'two')], [0, 1]],
  [
    'both in several messages',
    [asked(call(''), call('f'), call('f')), result('f'), result('f'), result(''), asked(call('')), result('')],
    [1, 2, 0, 3],
  ],
])('%s: results are paired with their calls by their order', async (_, history, pairs) => {
  expect(answered(await turnOf({ messages: [user, ...history] }))).toEqual(pairs);
});

test('calls of one id that are not all answered are a 400 all the same', async () => {
  const response = await createGateway({ runner: createScriptedRunner() }).request('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', messages: [user, asked(call('f'), call('f')), result('f')] }),
  });
  expect(response.status).toBe(400);
});

test('metadata whose values are no texts is kept as JSON, and null as nothing', async () => {
  const conversations = createMemoryConversationStore({ ttlMs: 60_000 });
  const app = createGateway({ runner: createScriptedRunner(), conversations: { store: conversations } });
  const metadata = { session: 's1', tags: ['app:x', 'model:y'], count: 3, none: null };
  const response = await app.request('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', messages: [user], metadata }),
  });
  expect(response.status).toBe(200);
  const kept = await conversations.read('', response.headers.get('x-conversation-id') ?? '');
  expect(kept?.metadata).toEqual({ session: 's1', tags: '["app:x","model:y"]', count: '3' });
});
