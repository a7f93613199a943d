import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { createScriptedRunner } from '../../testing/create-scripted-runner.ts';

const runner = createScriptedRunner();
const app = createGateway({ runner });

async function post(path: string, body: object): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const response = await app.request(`/v1/responses${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', ...body }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test('the tokens of an input are estimated, and nothing is asked', async () => {
  const { status, body } = await post('/input_tokens', { input: 'x'.repeat(400), instructions: 'y'.repeat(400) });
  expect({ status, body }).toEqual({ status: 200, body: { object: 'response.input_tokens', input_tokens: 200 } });
  expect(runner.turns).toHaveLength(0);
  expect(await post('/input_tokens', { input: 5 })).toMatchObject({ status: 400, body: { error: { param: 'input' } } });
});

test('a history is summed up, and the summary takes its place', async () => {
  const input = [
    { role: 'user', content: 'My name is Alice.' },
    { role: 'assistant', content: 'Hello Alice.' },
  ];
  const { status, body } = await post('/compact', { input, instructions: 'Be brief.' });
  expect({ status, body }).toMatchObject({ status: 200, body: { object: 'response.compaction', output: [{ type: 'compaction' }] } });
  expect(JSON.stringify(body)).not.toContain('Hello world');
  const { messages } = runner.turns.at(-1) ?? { messages: [] };
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  const next = await post('', { input: [...(body['output'] as object[]), { role: 'user', content: 'Who am I?' }] });
  expect(next.status).toBe(200);
  expect(runner.turns.at(-1)?.messages).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'A summary of the conversation so far:\n\nHello world' },
        { type: 'text', text: 'Who am I?' },
      ],
    },
  ]);
});

test('a summary that others have made, or that was changed, is a 400', async () => {
  const { body } = await post('/compact', { input: 'hi' });
  const [item] = body['output'] as { readonly encrypted_content: string }[];
  for (const encrypted of ['gAAAAA', `${item?.encrypted_content.slice(0, -4)}AAAA`]) {
    const refused = await post('', {
      input: [
        { type: 'compaction', encrypted_content: encrypted },
        { role: 'user', content: 'hi' },
      ],
    });
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_encrypted_content', param: 'input[0].encrypted_content' } },
    });
  }
});

test('a trigger at the end of the input makes a summary of the answer, whole and streamed', async () => {
  const input = [{ role: 'user', content: 'My name is Alice.' }, { type: 'compaction_trigger' }];
  const asked = { input, tools: [{ type: 'function', name: 'f' }], tool_choice: 'required', text: { format: { type: 'json_object' } } };
  const { status, body } = await post('', asked);
  expect({ status, body }).toMatchObject({
    status: 200,
    body: { status: 'completed', store: false, output: [{ type: 'compaction', id: expect.stringMatching(/^cmp_/) }] },
  });
  const turn = runner.turns.at(-1);
  expect(turn).toMatchObject({ tools: [], messages: [{ role: 'user', content: [{ text: 'My name is Alice.' }, {}] }] });
  expect([turn?.outputSchema, turn?.toolChoice]).toEqual([undefined, undefined]);
  const streamed = await app.request('/v1/responses', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', stream: true, ...asked }),
  });
  const events = [...(await streamed.text()).matchAll(/^event: (.*)$/gm)].map(([, name]) => name);
  expect(events).toEqual(
    ['created', 'in_progress', 'output_item.added', 'output_item.done', 'completed'].map((name) => `response.${name}`),
  );
  await post('', { input: [...(body['output'] as object[]), { role: 'user', content: 'Who am I?' }] });
  expect(runner.turns.at(-1)?.messages[0]?.content[0]).toEqual({
    type: 'text',
    text: 'A summary of the conversation so far:\n\nHello world',
  });
});

test.each<[object, string]>([
  [{ input: [{ type: 'compaction_trigger' }, { role: 'user', content: 'hi' }] }, 'input[0]'],
  [{ input: [{ role: 'user', content: 'hi' }, { type: 'compaction_trigger' }], background: true }, 'background'],
])('a trigger that can not be followed is a 400: %j', async (body, param) => {
  const before = runner.turns.length;
  expect(await post('', body)).toMatchObject({ status: 400, body: { error: { param } } });
  expect(runner.turns).toHaveLength(before);
});
