import { describe, expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import type { GatewayOptions } from '../../gateway-options.ts';
import { createMemoryConversationStore, createScriptedRunner, type Script } from '../../testing/index.ts';
import type { ContentBlock, TextBlock } from '../../turn/content-block.ts';
import type { Message } from '../../turn/message.ts';
import { noUsage } from '../../turn/usage.ts';

const text = (value: string): TextBlock => ({ type: 'text', text: value });
const thinking: ContentBlock = { type: 'thinking', thinking: 'hm', signature: 's' };
const said = (role: Message['role'], value: string): Message => ({ role, content: [text(value)] });

/** What the agent of this file does in its turn of this number. */
const stepsOf = (count: number, answer: string): Message[] => [
  { role: 'assistant', content: [thinking, { type: 'tool_use', id: `t${count}`, name: 'Read', input: {} }], model: 'claude-x' },
  { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${count}`, content: [text('read')] }] },
  ...(answer === '' ? [] : [said('assistant', answer)]),
];

const agent = (answerOf: (count: number) => string = (count) => `a${count}`): Script => {
  let count = 0;
  return () => {
    const answer = answerOf((count += 1));
    return [
      { type: 'turn-start', model: 'claude-x', usage: noUsage },
      { type: 'activity-start', id: `t${count}`, name: 'Read', input: {} },
      { type: 'activity-end', id: `t${count}`, result: 'read', isError: false, denied: false },
      ...(answer === '' ? [] : [{ type: 'text-delta', text: answer } as const]),
      { type: 'usage', usage: noUsage },
      { type: 'turn-end', reason: 'end_turn', steps: stepsOf(count, answer) },
    ];
  };
};

function open(script: Script = agent(), options: Partial<GatewayOptions> = {}) {
  const runner = createScriptedRunner({ script });
  const store = createMemoryConversationStore();
  const app = createGateway({ runner, conversations: { store }, models: { profiles: { agent: {} } }, ...options });
  const ask = async (
    messages: readonly (readonly [string, string])[],
    more: object = {},
  ): Promise<{ id: string; heard: readonly Message[] }> => {
    const body = { model: 'agent/sonnet', messages: messages.map(([role, content]) => ({ role, content })), ...more };
    const response = await app.request('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const reply = await response.text();
    expect(response.status, reply).toBe(200);
    return { id: response.headers.get('x-conversation-id') ?? '', heard: runner.turns.at(-1)?.messages ?? [] };
  };
  return { ask, store, app };
}

const heardTwice = [said('user', 'one'), { ...said('assistant', 'a1'), steps: stepsOf(1, 'a1') }, said('user', 'two')];

describe('the steps of an answer', () => {
  test.each([false, true])('are kept with it, and heard in the next turn; streamed: %s', async (stream) => {
    const { ask, store } = open();
    const { id } = await ask([['user', 'one']], { stream });
    expect((await store.read('', id))?.items.map(({ steps }) => steps)).toEqual([undefined, stepsOf(1, 'a1')]);
    expect((await ask([['user', 'two']], { conversation_id: id })).heard).toEqual(heardTwice);
    const third = await ask([['user', 'three']], { conversation_id: id });
    expect(third.heard).toEqual([...heardTwice, { ...said('assistant', 'a2'), steps: stepsOf(2, 'a2') }, said('user', 'three')]);
  });

  test('come back to who could only bring the texts', async () => {
    const { ask } = open();
    const { id } = await ask([['user', 'one']]);
    const history = [
      ['user', 'one'],
      ['assistant', 'a1'],
      ['user', 'two'],
    ] as const;
    for (const more of [{ conversation_id: id, store: false }, {}]) expect(await ask(history, more)).toEqual({ id, heard: heardTwice });
  });

  test('do not make it another history: by its texts it is found again and again', async () => {
    const { ask } = open();
    const { id } = await ask([['user', 'one']]);
    const second = await ask([
      ['user', 'one'],
      ['assistant', 'a1'],
      ['user', 'two'],
    ]);
    const third = await ask([
      ['user', 'one'],
      ['assistant', 'a1'],
      ['user', 'two'],
      ['assistant', 'a2'],
      ['user', 'three'],
    ]);
    expect([second.id, third.id]).toEqual([id, id]);
    expect(third.heard).toEqual([...heardTwice, { ...said('assistant', 'a2'), steps: stepsOf(2, 'a2') }, said('user', 'three')]);
  });

  test('lose their thoughts for another model', async () => {
    const { ask } = open();
    const { id } = await ask([['user', 'one']]);
    const { heard } = await ask([['user', 'two']], { conversation_id: id, model: 'agent/claude-opus-4-8' });
    const [used, ...others] = stepsOf(1, 'a1');
    expect(heard[1]?.steps).toEqual([{ ...used, content: used?.content.slice(1) }, ...others]);
  });

  test('are kept where nothing was said', async () => {
    const { ask } = open(agent((count) => (count === 1 ? '' : `a${count}`)));
    const { id } = await ask([['user', 'one']]);
    const silent = { role: 'assistant', content: [], steps: stepsOf(1, '') };
    const second = await ask([['user', 'two']], { conversation_id: id });
    expect(second.heard).toEqual([said('user', 'one'), silent, said('user', 'two')]);
    // Callers resend the empty answer, or leave it out.
    const history = [
      ['user', 'one'],
      ['assistant', ''],
      ['user', 'two'],
      ['assistant', 'a2'],
      ['user', 'three'],
    ] as const;
    const third = await ask(history);
    expect(third.id).toBe(id);
    expect(third.heard).toEqual([...second.heard, { ...said('assistant', 'a2'), steps: stepsOf(2, 'a2') }, said('user', 'three')]);
  });

  test('go with the item that has them', async () => {
    const { ask, store, app } = open();
    const { id } = await ask([['user', 'one']]);
    const item = (await store.read('', id))?.items[1]?.id;
    expect((await app.request(`/v1/conversations/${id}/items/${item}`, { method: 'DELETE' })).status).toBe(200);
    expect((await ask([['user', 'two']], { conversation_id: id })).heard).toEqual([{ role: 'user', content: [text('one'), text('two')] }]);
  });

  test('of several choices are those of the first', async () => {
    const { ask } = open();
    const { id } = await ask([['user', 'one']], { n: 2 });
    expect((await ask([['user', 'two']], { conversation_id: id })).heard[1]?.steps).toEqual(stepsOf(1, 'a1'));
  });

  test('stand beside the calls that the caller answers', async () => {
    let count = 0;
    const call: ContentBlock = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} };
    const steps = [...stepsOf(1, ''), { role: 'assistant', content: [text('Asking.'), call] } as const];
    const { ask, app } = open((turn, signal) => {
      if ((count += 1) > 1) return agent()(turn, signal);
      return [
        { type: 'turn-start', model: 'claude-x', usage: noUsage },
        { type: 'text-delta', text: 'Asking.' },
        { type: 'call', id: 'toolu_1', name: 'f' },
        { type: 'usage', usage: noUsage },
        { type: 'turn-end', reason: 'tool_use', steps },
      ];
    });
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const { id } = await ask([['user', 'one']], { tools });
    const messages = [{ role: 'tool', tool_call_id: 'toolu_1', content: 'r' }];
    const { heard } = await ask([], { tools, conversation_id: id, messages });
    expect(heard).toEqual([
      said('user', 'one'),
      { role: 'assistant', content: [text('Asking.'), call], model: 'claude-x', steps },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [text('r')] }] },
    ]);
    const told = await (await app.request(`/v1/conversations/${id}`)).text();
    expect(told).toContain('Asking.');
    expect(told).not.toContain('Read');
  });
});
