import { expect, test } from 'vitest';
import { postMessages } from './post-messages.ts';
import { startMockAnthropic } from './start-mock-anthropic.ts';

const text = (content: string): object => ({ type: 'text', text: content });
const user = { role: 'user', content: 'hi' };
const end = (...blocks: object[]): object => ({ messages: [user, { role: 'assistant', content: blocks }] });
const adaptive = { thinking: { type: 'adaptive' } };

test.each<[what: string, body: Record<string, unknown>, problem: RegExp | undefined]>([
  ['a begun answer', { model: 'claude-sonnet-4-5', ...end(text('One,')) }, undefined],
  ['one of an older model with a date', { model: 'claude-sonnet-4-20250514', ...end(text('One,')) }, undefined],
  ...['claude-sonnet-4-6', 'claude-opus-4-6-20260205', 'claude-opus-5', 'claude-sonnet-5-5'].map(
    (model): [string, Record<string, unknown>, RegExp] => [
      `one of ${model}`,
      { model, ...end(text('One,')) },
      /does not support assistant message prefill/,
    ],
  ),
  ['one that ends in white space', { model: 'claude-haiku-4-5', ...end(text('One, ')) }, /trailing whitespace/],
  ['an empty text', { messages: [{ role: 'user', content: [text('')] }] }, /must be non-empty/],
  ['a blank text', { messages: [{ role: 'user', content: [text('a'), text(' \n')] }] }, /non-whitespace/],
  [
    'an empty text in a result',
    { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: [text('')] }] }] },
    /must be non-empty/,
  ],
  ['thinking and a temperature', { ...adaptive, temperature: 0 }, /`temperature` may only/],
  ['thinking and the default temperature', { ...adaptive, temperature: 1, top_p: 0.95 }, undefined],
  ['thinking and top_k', { ...adaptive, top_k: 1 }, /`top_k`/],
  ['thinking and a low top_p', { ...adaptive, top_p: 0.9 }, /`top_p`/],
  ['thinking and a forced call', { ...adaptive, tool_choice: { type: 'any' } }, /forces tool use/],
])('%s', async (_, body, problem) => {
  const mock = await startMockAnthropic();
  try {
    const response = await postMessages(mock.url, body);
    expect(response.status).toBe(problem === undefined ? 200 : 400);
    if (problem !== undefined) {
      expect(await response.json()).toMatchObject({
        error: { type: 'invalid_request_error', message: expect.stringMatching(problem) as string },
      });
    }
  } finally {
    await mock.close();
  }
});
