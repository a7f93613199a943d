import { describe, expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { createScriptedRunner } from '../../testing/create-scripted-runner.ts';
import { callBlock } from '../../turn/block-events.ts';
import { noUsage } from '../../turn/usage.ts';

interface Asked {
  readonly status: number;
  readonly text: string;
}

/** What comes of a custom tool that Claude calls with a text, by each way to ask for it. */
async function ask(path: string, grammar: object, input: string, stream: boolean): Promise<Asked> {
  const runner = createScriptedRunner({
    script: () => [
      { type: 'turn-start', model: 'claude-sonnet-5-5', usage: noUsage },
      ...callBlock(0, { id: 'toolu_1', name: 'c' }, [JSON.stringify({ input })]),
      { type: 'usage', usage: noUsage },
      { type: 'turn-end', reason: 'tool_use' },
    ],
  });
  const isChat = path === 'chat/completions';
  const format = isChat ? { type: 'grammar', grammar } : { type: 'grammar', ...grammar };
  const tool = isChat ? { type: 'custom', custom: { name: 'c', format } } : { type: 'custom', name: 'c', format };
  const asked = isChat ? { messages: [{ role: 'user', content: 'hi' }] } : { input: 'hi' };
  const response = await createGateway({ runner }).request(`/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', stream, tools: [tool], ...asked }),
  });
  expect(runner.turns[0]?.tools[0]?.description).toContain('The input must');
  expect(runner.turns[0]?.tools[0]?.inputSchema).toEqual({
    ...{ type: 'object', properties: { input: { type: 'string' } } },
    ...{ required: ['input'], additionalProperties: false },
  });
  return { status: response.status, text: await response.text() };
}

const regex = (definition: string): object => ({ syntax: 'regex', definition });

describe.each(['chat/completions', 'responses'])('%s', (path) => {
  test.each<[string, object, string]>([
    ['what matches', regex('[0-9]{4}-[0-9]{2}'), '2026-11'],
    ['alternatives, as a whole', regex('a|bc'), 'bc'],
    ['several lines', regex('(?:[a-z]+\\n)+'), 'one\ntwo\n'],
    ['an expression that JavaScript does not know', regex('(?i)\\Aabc\\z'), 'xyz'],
    ['one that is broken', regex('('), 'xyz'],
    ['a Lark grammar', { syntax: 'lark', definition: 'start: "a"' }, 'b'],
  ])('%s is told', async (_, grammar, input) => {
    for (const stream of [false, true]) expect(await ask(path, grammar, input, stream)).toMatchObject({ status: 200 });
  });

  test.each<[string, string, string]>([
    ['another text', '[0-9]{4}-[0-9]{2}', 'November'],
    ['only its beginning', '[0-9]+', '12a'],
    ['only its end', '[0-9]+', 'a12'],
    ['only a line of it', '[0-9]+', '12\n13'],
    ['one of its alternatives in part', 'a|bc', 'abc'],
    ['nothing', '.+', ''],
  ])('%s fails', async (_, definition, input) => {
    const whole = await ask(path, regex(definition), input, false);
    expect(whole.status).toBe(502);
    expect(JSON.parse(whole.text)).toMatchObject({ error: { code: 'invalid_structured_output', param: 'tools' } });
    expect(whole.text).toContain("custom tool 'c' do not fit its grammar");
    const streamed = await ask(path, regex(definition), input, true);
    expect(streamed.text).toContain("custom tool 'c' do not fit its grammar");
  });

  test.each([
    ['(a+)+$', `${'a'.repeat(50_000)}!`],
    ['(a|aa)+', `${'a'.repeat(20_000)}b`],
    ['(.*)*(.*)*(.*)*x', 'y'.repeat(20_000)],
    ['(a?){50}'.repeat(20), 'a'.repeat(2000)],
    ['a{0,100000}', 'a'.repeat(10)],
  ])('an expression that others hang at ends soon: %s', async (definition, input) => {
    const startedAt = performance.now();
    const { status } = await ask(path, regex(definition), input, false);
    expect([200, 502]).toContain(status);
    expect(performance.now() - startedAt).toBeLessThan(60_000);
  });
});
