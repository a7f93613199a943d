import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import type { GatewayOptions } from '../../gateway-options.ts';
import { createScriptedRunner } from '../../testing/create-scripted-runner.ts';
import { textBlock } from '../../turn/block-events.ts';
import { noUsage } from '../../turn/usage.ts';

const found = [
  { title: 'Rome', url: 'https://rome.example.org/a' },
  { title: 'Rome, long', url: 'https://rome.example.org/a/b?c=d' },
];
const answer = 'See [Rome](https://rome.example.org/a) and https://rome.example.org/a/b?c=d.';

interface Told {
  readonly output: readonly { readonly type: string; readonly [key: string]: unknown }[];
}

async function ask(
  model: string,
  body: object = {},
  models: GatewayOptions['models'] = {},
): Promise<{ readonly response: Response; readonly told: Told }> {
  const runner = createScriptedRunner({
    script: () => [
      { type: 'turn-start', model: 'claude-sonnet-5-5', usage: noUsage },
      { type: 'activity-start', id: 'toolu_1', name: 'WebSearch', input: { query: 'rome' } },
      {
        type: 'activity-end',
        id: 'toolu_1',
        result: `Web search results\n\nLinks: ${JSON.stringify(found)}\n\nSo.`,
        isError: false,
        denied: false,
      },
      { type: 'activity-start', id: 'toolu_2', name: 'Read', input: {} },
      { type: 'activity-end', id: 'toolu_2', result: 'x', isError: false, denied: false },
      ...textBlock(0, [answer]),
      { type: 'usage', usage: noUsage },
      { type: 'turn-end', reason: 'end_turn' },
    ],
  });
  const app = createGateway({ runner, models: { profiles: { web: { searches: true }, other: {} }, ...models } });
  const response = await app.request('/v1/responses', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, input: 'hi', tools: [{ type: 'web_search' }], ...body }),
  });
  return {
    response,
    told: (await response
      .clone()
      .json()
      .catch(() => ({ output: [] }))) as Told,
  };
}

test.each(['web_search', 'web_search_2025_08_26', 'web_search_preview', 'web_search_preview_2025_03_11'])(
  'where the profile searches the web a tool %s has it told, and what is cited',
  async (type) => {
    const { response, told } = await ask('web/sonnet', { tools: [{ type, search_context_size: 'low' }] });
    expect(response.headers.get('x-ignored-parameters')).toBeNull();
    expect(told.output).toMatchObject([
      { type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'rome' } },
      {
        type: 'message',
        content: [
          {
            text: answer,
            annotations: found.map(({ title, url }) => ({ type: 'url_citation', title, url })),
          },
        ],
      },
    ]);
    const content = told.output[1]?.['content'] as { annotations: { start_index: number; end_index: number }[] }[] | undefined;
    expect(content?.[0]?.annotations.map(({ start_index: from, end_index: to }) => answer.slice(from, to))).toEqual([
      '[Rome](https://rome.example.org/a)',
      'https://rome.example.org/a/b?c=d',
    ]);
  },
);

test('the default profile may search too', async () => {
  const { response, told } = await ask('sonnet', {}, { defaultProfile: 'default', defaultProfileOptions: { searches: true } });
  expect(response.headers.get('x-ignored-parameters')).toBeNull();
  expect(told.output.map(({ type }) => type)).toEqual(['web_search_call', 'message']);
});

test('what was found is told where it is asked for', async () => {
  const action = (told: Told): unknown => told.output[0]?.['action'];
  expect(action((await ask('web/sonnet')).told)).not.toHaveProperty('sources');
  expect(action((await ask('web/sonnet', { include: ['web_search_call.action.sources'] })).told)).toMatchObject({
    sources: found.map(({ url }) => ({ type: 'url', url })),
  });
});

test.each(['sonnet', 'other/sonnet'])('where the profile does not, as of %s, it is named as ignored', async (model) => {
  const { response, told } = await ask(model, { tools: [{ type: 'function', name: 'f' }, { type: 'web_search' }] });
  expect(response.headers.get('x-ignored-parameters')).toBe('tools[1]');
  expect(told.output.map(({ type }) => type)).toEqual(['message']);
});

test('without such a tool nothing is told of a search; with all activity all is', async () => {
  const types = ({ told }: { readonly told: Told }): string[] => told.output.map(({ type }) => type);
  expect(types(await ask('web/sonnet', { tools: [] }))).toEqual(['message']);
  expect(types(await ask('web/sonnet', { tools: [], activity: 'events' }))).toEqual(['web_search_call', 'mcp_call', 'message']);
});

test('nothing can force it', async () => {
  const { response } = await ask('web/sonnet', { tool_choice: { type: 'web_search' } });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { param: 'tool_choice' } });
});

test('a stream tells it as it goes', async () => {
  const { response } = await ask('web/sonnet', { stream: true });
  const events = [...(await response.text()).matchAll(/^event: (.*)$/gm)].map(([, name]) => name);
  expect(events.slice(2, 7)).toEqual(
    ['output_item.added', 'web_search_call.in_progress', 'web_search_call.searching', 'web_search_call.completed', 'output_item.done'].map(
      (name) => `response.${name}`,
    ),
  );
  expect(events).toContain('response.output_text.annotation.added');
});
