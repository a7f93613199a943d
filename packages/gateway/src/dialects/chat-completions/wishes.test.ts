import { describe, expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import type { CacheOptions, GatewayOptions } from '../../gateway-options.ts';
import type { CachedAnswer, ResponseCache } from '../../ports/response-cache.ts';
import { anyAbilities } from '../../models/any-abilities.ts';
import type { ModelAbilities } from '../../ports/claude-runner.ts';
import { createScriptedRunner, type ScriptedRunner } from '../../testing/index.ts';

const tools = [{ type: 'function', function: { name: 'f' } }];

function open(options: Partial<GatewayOptions> = {}, ability: ModelAbilities['sampling'] = 'all') {
  const runner: ScriptedRunner = { ...createScriptedRunner(), abilities: async () => ({ ...anyAbilities, sampling: ability }) };
  const app = createGateway({ runner, ...options });
  return {
    runner,
    ask: async (body: object, headers: Record<string, string> = {}): Promise<Response> =>
      app.request('/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }], ...body }),
      }),
  };
}

const thinks = { thinking: { type: 'adaptive' } };
const not = { thinking: { type: 'off' } };

describe('what Claude does not take beside reasoning gives way, or reasoning does', () => {
  test.each<[what: string, body: object, ignored: string | null, turn: object, sampling: object]>([
    ['temperature 0', { reasoning_effort: 'high', temperature: 0 }, 'temperature', { ...thinks, effort: 'high' }, {}],
    ['temperature and top_p', { reasoning_effort: 'low', temperature: 0.2, top_p: 0.9 }, 'temperature, top_p', thinks, {}],
    ['top_p that thinking takes', { reasoning_effort: 'low', top_p: 0.97 }, null, thinks, { topP: 0.97 }],
    ['top_k', { reasoning: { effort: 'low' }, top_k: 5, max_tokens: 99 }, 'top_k', thinks, { maxOutputTokens: 99 }],
    ['the default temperature', { reasoning_effort: 'low', temperature: 1 }, null, thinks, {}],
    ['no reasoning', { reasoning_effort: 'none', temperature: 0.2 }, null, not, { temperature: 0.2 }],
    [
      'a budget',
      { thinking: { type: 'enabled', budget_tokens: 2000 }, temperature: 0 },
      'temperature',
      { thinking: { type: 'budget' } },
      {},
    ],
    ['a call', { reasoning_effort: 'high', tools, tool_choice: 'required' }, 'reasoning_effort', { ...not, effort: 'high' }, {}],
    [
      'a named call',
      { reasoning: { effort: 'high' }, tools, tool_choice: { type: 'function', function: { name: 'f' } } },
      'reasoning',
      not,
      {},
    ],
    ['an old call', { thinking: { type: 'adaptive' }, functions: [{ name: 'f' }], function_call: { name: 'f' } }, 'thinking', not, {}],
    [
      'a call and a temperature',
      { reasoning_effort: 'low', temperature: 0, tools, tool_choice: 'required' },
      'reasoning_effort',
      not,
      { temperature: 0 },
    ],
    [
      'a begun answer',
      {
        reasoning_effort: 'low',
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: 'One' },
        ],
      },
      'reasoning_effort',
      not,
      {},
    ],
  ])('%s', async (_, body, ignored, turn, sampling) => {
    for (const stream of [false, true]) {
      const { ask, runner } = open();
      const response = await ask({ ...body, stream });
      expect([response.status, response.headers.get('x-ignored-parameters')]).toEqual([200, ignored]);
      expect(runner.turns[0]).toMatchObject(turn);
      expect(runner.turns[0]?.sampling).toEqual(sampling);
    }
    const strict = await open().ask(body, { 'x-strict-parameters': 'true' });
    expect(strict.status).toBe(ignored === null ? 200 : 400);
    if (ignored !== null) expect(await strict.json()).toMatchObject({ error: { param: ignored.split(', ')[0] } });
  });

  test('by default reasoning gives way to all of them, and nobody needs to hear of it', async () => {
    const { ask, runner } = open({ defaults: { effort: 'high' } });
    for (const body of [{ temperature: 0 }, { tools, tool_choice: 'required' }]) {
      const response = await ask(body, { 'x-strict-parameters': 'true' });
      expect([response.status, response.headers.get('x-ignored-parameters')]).toEqual([200, null]);
    }
    expect(runner.turns.map(({ thinking }) => thinking?.type)).toEqual(['off', 'off']);
    expect(runner.turns[0]?.sampling).toEqual({ temperature: 0 });
  });
});

describe('which requests take part in the cache', () => {
  const aged = { 'cache-control': 'max-age=60' };

  test.each<
    [mode: CacheOptions['mode'] | undefined, body: object, headers: Record<string, string>, outcome: 'hit' | 'bypass', ignored?: string]
  >([
    [undefined, {}, {}, 'bypass'],
    [undefined, { temperature: 0 }, {}, 'bypass', 'temperature'],
    [undefined, { seed: 1 }, {}, 'hit'],
    [undefined, { seed: 1, stream: true }, {}, 'hit'],
    [undefined, { seed: 1, tools }, {}, 'bypass', 'seed'],
    [undefined, { seed: 1, functions: [{ name: 'f' }] }, {}, 'bypass', 'seed'],
    [undefined, { seed: 1, tools }, aged, 'hit'],
    [undefined, { tools }, aged, 'hit'],
    [undefined, { seed: 1, tools: [] }, {}, 'hit'],
    ['repeatable', { temperature: 0 }, {}, 'hit'],
    ['repeatable', { temperature: 0, reasoning_effort: 'low' }, {}, 'hit'],
    ['repeatable', { temperature: 0, tools }, {}, 'bypass', 'temperature'],
    ['repeatable', { temperature: 0.1 }, {}, 'bypass', 'temperature'],
    ['all', { tools }, {}, 'hit'],
    ['all', {}, {}, 'hit'],
    ['header', { seed: 1 }, {}, 'bypass', 'seed'],
    ['header', { seed: 1 }, aged, 'hit'],
  ])('%s %j %j: %s', async (mode, body, headers, outcome, ignored) => {
    const answers = new Map<string, CachedAnswer>();
    const store: ResponseCache = {
      get: async (key) => answers.get(key),
      set: async (key, answer) => void answers.set(key, answer),
    };
    const { ask } = open({ cache: { store, ...(mode && { mode }) } }, 'none');
    await (await ask(body, headers)).text();
    const second = await ask(body, headers);
    expect([second.headers.get('x-cache'), second.headers.get('x-ignored-parameters')]).toEqual([outcome, ignored ?? null]);
    expect((await ask(body, { ...headers, 'x-strict-parameters': 'true' })).status).toBe(ignored === undefined ? 200 : 400);
  });
});

test.each([true, false])('an answer that is begun, of a model that goes on with it or not: %s', async (begunAnswers) => {
  const runner: ScriptedRunner = { ...createScriptedRunner(), abilities: async () => ({ ...anyAbilities, begunAnswers }) };
  const messages = [
    { role: 'user', content: 'Count.' },
    { role: 'assistant', content: 'One,' },
  ];
  const response = await createGateway({ runner }).request('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', messages }),
  });
  expect(response.status).toBe(begunAnswers ? 200 : 400);
  if (begunAnswers) return;
  const error = { param: 'messages', code: 'unsupported_value', message: expect.stringContaining('sonnet') as string };
  expect(await response.json()).toMatchObject({ error });
  expect(runner.turns).toEqual([]);
});
