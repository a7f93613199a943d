import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { createScriptedRunner } from '../../testing/index.ts';
import type { TurnEndReason } from '../../turn/turn-event.ts';
import type { ScriptEvent } from '../../testing/script-blocks.ts';
import { noUsage } from '../../turn/usage.ts';

const schema = { type: 'object', properties: { n: { type: 'integer', minimum: 1 } }, required: ['n'] };

/** Asks with a strict tool `a` and another `b` of the same schema, which are called with these arguments. */
async function ask(
  calls: readonly (readonly [name: string, json: string])[],
  more: object = {},
  reason: TurnEndReason = 'tool_use',
): Promise<Response> {
  const events: ScriptEvent[] = [
    { type: 'turn-start', model: 'm', usage: noUsage },
    ...calls.flatMap(([name, json], index): ScriptEvent[] => [
      { type: 'call', id: `toolu_${index}`, name },
      ...Array.from(json).map((piece): ScriptEvent => ({ type: 'input-delta', json: piece })),
    ]),
    { type: 'usage', usage: noUsage },
    { type: 'turn-end', reason },
  ];
  const tools = ['a', 'b'].map((name) => ({ type: 'function', function: { name, parameters: schema, strict: name === 'a' } }));
  return createGateway({ runner: createScriptedRunner({ script: () => events }) }).request('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }], tools, ...more }),
  });
}

test.each([{}, { stream: true }])('calls that fit, and those of other tools, are passed on: %o', async (more) => {
  const response = await ask(
    [
      ['a', '{"n":1}'],
      ['b', '{"n":0}'],
      ['a', '{"n":2}'],
    ],
    more,
  );
  expect(response.status).toBe(200);
  expect(await response.text()).not.toContain('error');
});

test.each(['{"n":0}', '{}', '', '{"n":1'])('arguments that do not fit are an error, whole and streamed: %s', async (json) => {
  const error = { code: 'invalid_structured_output', param: 'tools', message: expect.stringContaining(`the strict tool 'a'`) };
  const whole = await ask([
    ['b', '{}'],
    ['a', json],
  ]);
  expect(whole.status).toBe(502);
  expect(await whole.json()).toMatchObject({ error });
  expect((await ask([['a', json]], { n: 2 })).status).toBe(502);
  const streamed = await (await ask([['a', json]], { stream: true })).text();
  expect(streamed).toContain('"code":"invalid_structured_output"');
  expect(streamed).not.toContain('"finish_reason":"tool_calls"');
});

test('a call that was cut says so itself', async () => {
  expect((await ask([['a', '{"n":']], {}, 'max_tokens')).status).toBe(200);
});
