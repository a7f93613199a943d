import { expect, test } from 'vitest';
import { postMessages } from './post-messages.ts';
import { startMockAnthropic } from './start-mock-anthropic.ts';

const text = (content: string): object => ({ type: 'text', text: content });
const user = { role: 'user', content: 'hi' };
const end = (...blocks: object[]): object => ({ messages: [user, { role: 'assistant', content: blocks }] });
const say = (...content: object[]): object => ({ messages: [{ role: 'user', content }] });
const marked = (count: number): object[] => Array.from({ length: count }, () => ({ ...text('a'), cache_control: { type: 'ephemeral' } }));
const call = { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }] };
const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: [text('x')] };
const called = (...content: object[]): object => ({ messages: [user, call, { role: 'user', content }] });
const tool = (schema: object, name = 'look'): object => ({ tools: [{ name, input_schema: { type: 'object', ...schema } }] });
const png = (width: number, height = 1): object => {
  const head = Buffer.alloc(24);
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return imageOf(head.toString('base64'));
};
const imageOf = (data: string): object => ({ type: 'image', source: { type: 'base64', media_type: 'image/png', data } });
const pdf = (pages: number): object => ({
  type: 'document',
  source: {
    type: 'base64',
    media_type: 'application/pdf',
    data: Buffer.from('/Type /Pages\n' + '/Type /Page\n'.repeat(pages)).toString('base64'),
  },
});
const many = (count: number, block: object): object[] => Array.from({ length: count }, () => block);
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
    { messages: [user, call, { role: 'user', content: [{ ...result, content: [text('')] }] }] },
    /must be non-empty/,
  ],
  ['thinking and a temperature', { ...adaptive, temperature: 0 }, /`temperature` may only/],
  ['thinking and the default temperature', { ...adaptive, temperature: 1, top_p: 0.95 }, undefined],
  ['thinking and top_k', { ...adaptive, top_k: 1 }, /`top_k`/],
  ['thinking and a low top_p', { ...adaptive, top_p: 0.9 }, /`top_p`/],
  ['a budget that is too small', { thinking: { type: 'enabled', budget_tokens: 1000 }, max_tokens: 2000 }, /1024/],
  ['a budget of all tokens', { thinking: { type: 'enabled', budget_tokens: 2000 }, max_tokens: 2000 }, /must be greater than/],
  ['a field that nobody knows', { n: 2 }, /^n: Extra inputs are not permitted$/],
  ['a call and its result', { ...called(result, text('And?')) }, undefined],
  ['a result that is missing', { ...called(text('And?')) }, /without `tool_result` blocks immediately after: toolu_1/],
  ['a result behind a text', { ...called(text('And?'), result) }, /without `tool_result` blocks/],
  ['a result of no call', { ...say(result) }, /unexpected `tool_use_id`/],
  ['a blank stop sequence', { stop_sequences: [' \n'] }, /non-whitespace/],
  [
    'names of properties',
    { ...tool({ properties: { 'a.b-C_9': { properties: { ['x'.repeat(64)]: { enum: [{ properties: { ä: 1 } }] } } } } }) },
    undefined,
  ],
  ['a name of a property with a blank', { ...tool({ properties: { 'a b': {} } }) }, /Property keys should match/],
  ['a long one further in', { ...tool({ properties: { a: { items: { properties: { ['x'.repeat(65)]: {} } } } } }) }, /Property keys/],
  ['a name of a tool with a dot', { ...tool({}, 'a.b') }, /custom\.name/],
  ['two tools of one name', { tools: [{ name: 'a' }, { name: 'a' }] }, /must be unique/],
  ['four cache marks', { ...say(...marked(3)), system: marked(1) }, undefined],
  ['five cache marks', { ...say(...marked(3)), system: marked(2) }, /maximum of 4 blocks with cache_control.*Found 5/],
  ['one of all', { ...say(...marked(3)), system: marked(1), cache_control: { type: 'ephemeral' } }, /Found 5/],
  ['a hundred pictures', { ...say(...many(100, png(2000, 2000))) }, undefined],
  ['a hundred and one', { ...say(...many(101, png(1))) }, /Too many images/],
  ['a picture of 8000 pixels', { ...say(png(8000, 8000)) }, undefined],
  ['a larger one', { ...say(png(1, 8001)) }, /image dimensions exceed/],
  ['one of more than 2000 pixels among many', { ...say(...many(21, png(2001))) }, /2000 pixels/],
  ['a larger one in a result', { ...called({ ...result, content: [png(8001)] }) }, /image dimensions exceed/],
  ['a picture of more than 5 MB', { ...say(imageOf('A'.repeat(5_242_884))) }, /exceeds 5 MB/],
  ['a hundred pages', { ...say(pdf(100)) }, undefined],
  ['more in two documents', { ...say(pdf(60), pdf(41)) }, /100 PDF pages/],
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

test('betas that nobody knows are refused, more than 32 MB are too', async () => {
  const mock = await startMockAnthropic();
  try {
    const post = (names: string): Promise<Response> => postMessages(mock.url, {}, undefined, { 'anthropic-beta': names });
    expect((await post('effort-2025-11-24, files-api-2025-04-14')).status).toBe(200);
    const refused = await post('effort-2025-11-24,of-tomorrow-2030-01-01');
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('of-tomorrow-2030-01-01');
    const large = await postMessages(mock.url, { messages: [{ role: 'user', content: 'x'.repeat(33_554_432) }] });
    expect([large.status, await large.json()]).toMatchObject([413, { error: { type: 'request_too_large' } }]);
  } finally {
    await mock.close();
  }
});
