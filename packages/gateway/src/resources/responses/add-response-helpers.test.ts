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
