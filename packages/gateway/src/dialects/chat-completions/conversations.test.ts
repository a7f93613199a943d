import { describe, expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import type { GatewayOptions } from '../../gateway-options.ts';
import { GatewayError } from '../../gateway-error.ts';
import type { ConversationStore } from '../../ports/conversation-store.ts';
import { createMemoryConversationStore, createScriptedRunner, textScript, type Script } from '../../testing/index.ts';
import type { Message } from '../../turn/message.ts';
import { callBlock, thinkingBlock } from '../../turn/block-events.ts';
import { systemText } from '../../turn/content-block.ts';
import { noUsage } from '../../turn/usage.ts';

/** What was heard, in one line: `S:system U:one A:two`. */
function lineOf(system: string, messages: readonly Message[]): string {
  const said = messages.map(({ role, content }) => {
    const texts = content.map((block) =>
      block.type === 'text'
        ? block.text
        : block.type === 'tool_use'
          ? `call ${block.id}`
          : block.type === 'tool_result'
            ? 'result'
            : block.type,
    );
    return `${role === 'user' ? 'U' : 'A'}:${texts.join('+')}`;
  });
  return [...(system === '' ? [] : [`S:${system}`]), ...said].join(' ');
}

const numbered = (): Script => {
  let count = 0;
  return (turn, signal) => textScript([`a${(count += 1)}`])(turn, signal);
};

interface Asked {
  readonly status: number;
  readonly id: string | undefined;
  readonly answer: string;
  readonly heard: string;
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

const user = (content: string): object => ({ role: 'user', content });
const assistant = (content: string): object => ({ role: 'assistant', content });
const system = (content: string): object => ({ role: 'system', content });

function open(options: Partial<GatewayOptions> = {}, script: Script = numbered()) {
  const runner = createScriptedRunner({ script });
  const store = createMemoryConversationStore();
  const app = createGateway({ runner, conversations: { store }, ...options });

  async function post(body: object, headers: Record<string, string> = {}): Promise<Response> {
    return app.request('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'sonnet', ...body }),
    });
  }

  async function ask(messages: readonly object[], more: object = {}, headers?: Record<string, string>): Promise<Asked> {
    const before = runner.turns.length;
    const response = await post({ messages, ...more }, headers);
    const body = (await response.json()) as {
      conversation_id?: string;
      choices?: [{ message: { content: string } }];
      error?: Asked['error'];
    };
    const turn = runner.turns[before];
    if (response.ok) expect(response.headers.get('x-conversation-id')).toBe(body.conversation_id ?? null);
    return {
      status: response.status,
      id: body.conversation_id,
      answer: body.choices?.[0].message.content ?? '',
      heard: turn === undefined ? '' : lineOf(systemText(turn.system), turn.messages),
      error: body.error,
    };
  }
  return { app, runner, store, post, ask };
}

describe('a conversation by its id', () => {
  test('goes on with nothing but what is new', async () => {
    const { ask } = open();
    const first = await ask([user('one')]);
    expect(first.id).toMatch(/^conv_[0-9a-f]{32}$/);
    const second = await ask([user('two')], { conversation_id: first.id });
    expect(second).toMatchObject({ status: 200, id: first.id, heard: 'U:one A:a1 U:two' });
    expect((await ask([user('three')], { conversation_id: first.id })).heard).toBe('U:one A:a1 U:two A:a2 U:three');
  });

  test('is also found by its id in the metadata, and in a header', async () => {
    const { ask } = open();
    const { id } = await ask([user('one')]);
    expect(await ask([user('two')], { metadata: { conversation_id: id } })).toMatchObject({ id, heard: 'U:one A:a1 U:two' });
    const third = await ask([user('three')], {}, { 'x-conversation-id': id ?? '' });
    expect(third).toMatchObject({ id, heard: 'U:one A:a1 U:two A:a2 U:three' });
    const everywhere = await ask(
      [user('four')],
      { conversation_id: id, metadata: { conversation_id: id } },
      { 'x-conversation-id': id ?? '' },
    );
    expect(everywhere).toMatchObject({ status: 200, id });
  });

  test('can be named in one way only', async () => {
    const { ask, runner } = open();
    const one = await ask([user('one')]);
    const other = await ask([user('one')]);
    const asked = await ask([user('two')], { conversation_id: one.id, metadata: { conversation_id: other.id } });
    expect(asked).toMatchObject({ status: 400, error: { param: 'conversation_id' } });
    expect(runner.turns).toHaveLength(2);
  });

  test('takes the whole history too, and the last answer with what follows', async () => {
    const { ask } = open();
    const { id } = await ask([user('one')]);
    const second = await ask([user('one'), assistant('a1'), user('two')], { conversation_id: id });
    expect(second).toMatchObject({ id, heard: 'U:one A:a1 U:two' });
    expect(await ask([assistant('a2'), user('three')], { conversation_id: id })).toMatchObject({
      id,
      heard: 'U:one A:a1 U:two A:a2 U:three',
    });
  });

  test('branches off when the history that comes with the id is another', async () => {
    const { ask } = open();
    const { id } = await ask([user('one')]);
    await ask([user('two')], { conversation_id: id });
    const edited = await ask([user('one'), assistant('A1!'), user('two')], { conversation_id: id });
    expect(edited).toMatchObject({ status: 200, heard: 'U:one A:A1! U:two' });
    expect(edited.id).not.toBe(id);
    expect((await ask([user('three')], { conversation_id: edited.id })).heard).toBe('U:one A:A1! U:two A:a3 U:three');
    expect((await ask([user('three')], { conversation_id: id })).heard).toBe('U:one A:a1 U:two A:a2 U:three');
  });

  test('keeps its system prompt until another comes', async () => {
    const { ask } = open();
    const { id } = await ask([system('Be brief.'), user('one')]);
    expect((await ask([user('two')], { conversation_id: id })).heard).toBe('S:Be brief. U:one A:a1 U:two');
    expect((await ask([system('Be long.'), user('three')], { conversation_id: id })).heard).toMatch(/^S:Be long\. U:one/);
    expect((await ask([user('four')], { conversation_id: id })).heard).toMatch(/^S:Be long\. U:one/);
  });

  test('keeps it in what branches off too', async () => {
    const { ask } = open();
    const { id } = await ask([system('Be brief.'), user('one')]);
    const edited = await ask([user('one'), assistant('A1!'), user('two')], { conversation_id: id });
    expect(edited.heard).toBe('S:Be brief. U:one A:A1! U:two');
    expect(edited.id).not.toBe(id);
  });

  test('may change its model', async () => {
    const { ask, runner } = open({}, numbered());
    const { id } = await ask([user('one')]);
    const second = await ask([user('two')], { conversation_id: id, model: 'claude-opus-4-8' });
    expect(second).toMatchObject({ id, heard: 'U:one A:a1 U:two' });
    expect(runner.turns.map(({ model }) => model)).toEqual(['sonnet', 'claude-opus-4-8']);
  });

  test.each(['conv_00000000000000000000000000000000', 'no-such', '../etc', 'uuid-here', 'x'.repeat(500)])(
    'is a 404 when it is not there: %s',
    async (id) => {
      const { ask, runner } = open();
      const asked = await ask([user('one')], { conversation_id: id });
      expect(asked).toMatchObject({
        status: 404,
        error: { code: 'conversation_not_found', message: expect.stringContaining('conversation') },
      });
      expect(runner.turns).toEqual([]);
    },
  );

  test('is a 404 when it has expired', async () => {
    const { ask, runner } = open({ conversations: { store: createMemoryConversationStore({ ttlMs: 20 }) } });
    const { id } = await ask([user('one')]);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect((await ask([user('two')], { conversation_id: id })).status).toBe(404);
    expect(runner.turns).toHaveLength(1);
  });

  test('is a 404 for another tenant, and where none are kept', async () => {
    const { ask } = open({ access: { callerOf: (request) => ({ tenant: request.headers.get('authorization') ?? '' }) } });
    const { id } = await ask([user('one')], {}, { authorization: 'Bearer a' });
    expect((await ask([user('two')], { conversation_id: id }, { authorization: 'Bearer b' })).status).toBe(404);
    expect((await ask([user('two')], { conversation_id: id })).status).toBe(404);
    expect((await ask([user('two')], { conversation_id: id }, { authorization: 'Bearer a' })).status).toBe(200);
    const without = createGateway({ runner: createScriptedRunner() });
    const response = await without.request('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', conversation_id: id, messages: [user('two')] }),
    });
    expect(response.status).toBe(404);
  });
});

describe('a stream', () => {
  test('names the conversation in its first chunk and in a header, and only there', async () => {
    const { post, ask } = open();
    const response = await post({ messages: [user('one')], stream: true });
    const chunks = (await response.text())
      .split('\n\n')
      .filter((event) => event.startsWith('data: {'))
      .map((event) => JSON.parse(event.slice(6)) as { conversation_id?: string });
    const id = chunks[0]?.conversation_id;
    expect(id).toMatch(/^conv_/);
    expect(response.headers.get('x-conversation-id')).toBe(id);
    expect(chunks.slice(1).every((chunk) => chunk.conversation_id === undefined)).toBe(true);
    expect((await ask([user('two')], { conversation_id: id })).heard).toBe('U:one A:a1 U:two');
  });

  test('that is left keeps nothing', async () => {
    const { app, ask, store } = open({}, async function* (turn) {
      yield { type: 'turn-start', model: turn.model, usage: noUsage };
      yield { type: 'text-delta', text: 'Well' };
      await new Promise((resolve) => setTimeout(resolve, 10_000));
    });
    const response = await app.request('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', messages: [user('one')], stream: true }),
    });
    const reader = response.body!.getReader();
    await reader.read();
    const id = response.headers.get('x-conversation-id');
    expect(await ask([user('two')], { conversation_id: id })).toMatchObject({ status: 409 });
    await reader.cancel();
    await expect.poll(async () => (await ask([user('two')], { conversation_id: id })).status).toBe(404);
    expect((await store.list('', { limit: 10, order: 'asc' })).conversations).toEqual([]);
  });
});

describe('a history without an id', () => {
  test('is recognised, turn after turn', async () => {
    const { ask } = open();
    const { id } = await ask([system('s'), user('one')]);
    const history = [system('s'), user('one'), assistant('a1'), user('two')];
    expect(await ask(history)).toMatchObject({ id, heard: 'S:s U:one A:a1 U:two' });
    expect(await ask([...history, assistant('a2'), user('three')])).toMatchObject({ id });
    expect((await ask([user('four')], { conversation_id: id })).heard).toBe('S:s U:one A:a1 U:two A:a2 U:three A:a3 U:four');
  });

  test.each<[string, object[], object?]>([
    ['an edited answer', [system('s'), user('one'), assistant('A1'), user('two')]],
    ['an edited question', [system('s'), user('One'), assistant('a1'), user('two')]],
    ['another system prompt', [system('t'), user('one'), assistant('a1'), user('two')]],
    ['no system prompt', [user('one'), assistant('a1'), user('two')]],
    ['other roles of the same texts', [system('s'), user('one'), user('a1'), user('two')]],
    ['another user', [system('s'), user('one'), assistant('a1'), user('two')], { user: 'someone else' }],
    ['the question again', [system('s'), user('one')]],
    ['an answer to be continued', [system('s'), user('one'), assistant('a1')]],
  ])('is another conversation with %s', async (_, messages, more = {}) => {
    const { ask } = open();
    const { id } = await ask([system('s'), user('one')]);
    const other = await ask(messages, more);
    expect(other.status).toBe(200);
    expect(other.id).toMatch(/^conv_/);
    expect(other.id).not.toBe(id);
    expect((await ask([user('on')], { conversation_id: id })).heard).toBe('S:s U:one A:a1 U:on');
  });

  test('that the conversation has gone beyond branches off, and never mixes', async () => {
    const { ask } = open();
    const { id } = await ask([user('one')]);
    const left = await ask([user('one'), assistant('a1'), user('left')]);
    expect(left.id).toBe(id);
    const right = await ask([user('one'), assistant('a1'), user('right')]);
    expect(right.id).not.toBe(id);
    expect(await ask([user('one'), assistant('a1'), user('right'), assistant('a3'), user('on')])).toMatchObject({ id: right.id });
    expect(await ask([user('one'), assistant('a1'), user('left'), assistant('a2'), user('on')])).toMatchObject({ id });
  });

  test('belongs to its tenant', async () => {
    const { ask } = open({ access: { callerOf: (request) => ({ tenant: request.headers.get('authorization') ?? '' }) } });
    const { id } = await ask([user('one')], {}, { authorization: 'a' });
    const other = await ask([user('one'), assistant('a1'), user('two')], {}, { authorization: 'b' });
    expect(other.id).not.toBe(id);
    expect(await ask([user('one'), assistant('a1'), user('two')], {}, { authorization: 'a' })).toMatchObject({ id });
  });
});

test('histories are digested by what the gateway is given for that', async () => {
  const digested: string[] = [];
  const { ask, store } = open({
    sha256: (text) => {
      digested.push(text);
      return `digest${digested.length}`;
    },
  });
  const { id } = await ask([user('one')]);
  // Each message once, and the history by them.
  expect(digested).toEqual([expect.stringContaining('one'), expect.stringContaining('a1'), expect.stringContaining('"digest1","digest2"')]);
  expect((await store.read('', id ?? ''))?.digest).toBe('digest3');
});

describe('turns at once', () => {
  function slow() {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => void (release = resolve));
    const script: Script = async function* (turn, signal) {
      if (lineOf('', turn.messages).endsWith('slow')) await released;
      yield* textScript(['done'])(turn, signal);
    };
    return { script, release };
  }

  test('in one conversation: the second gets a 409 that says so', async () => {
    const { script, release } = slow();
    const { ask } = open({}, script);
    const { id } = await ask([user('one')]);
    const running = ask([user('slow')], { conversation_id: id });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await ask([user('two')], { conversation_id: id });
    expect(second).toMatchObject({ status: 409, error: { code: 'conversation_busy', message: expect.stringContaining(id ?? '') } });
    release();
    expect(await running).toMatchObject({ status: 200 });
    expect((await ask([user('three')], { conversation_id: id })).heard).toBe('U:one A:done U:slow A:done U:three');
  });

  test('in one conversation: or it waits', async () => {
    const { script, release } = slow();
    const { ask } = open({ conversations: { store: createMemoryConversationStore(), busyTimeoutMs: 20_000 } }, script);
    const { id } = await ask([user('one')]);
    const running = ask([user('slow')], { conversation_id: id });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = ask([user('two')], { conversation_id: id });
    await new Promise((resolve) => setTimeout(resolve, 50));
    release();
    expect((await running).status).toBe(200);
    expect(await second).toMatchObject({ status: 200, id });
    expect((await ask([user('three')], { conversation_id: id })).heard).toBe('U:one A:done U:slow A:done U:two A:done U:three');
  });

  test('with one history: each has a conversation of its own', async () => {
    const { ask } = open({}, async function* (turn, signal) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      yield* textScript(['x'])(turn, signal);
    });
    await ask([user('one')]);
    const branches = ['a', 'b', 'c', 'd'];
    const asked = await Promise.all(branches.map((text) => ask([user('one'), assistant('x'), user(text)])));
    expect(new Set(asked.map(({ id }) => id)).size).toBe(4);
    for (const [index, { id }] of asked.entries()) {
      expect((await ask([user('on')], { conversation_id: id })).heard).toBe(`U:one A:x U:${branches[index]} A:x U:on`);
    }
  });
});

describe('what is kept', () => {
  test('is nothing of a turn that fails', async () => {
    const { ask } = open({}, async function* (turn, signal) {
      if (lineOf('', turn.messages).endsWith('fail')) {
        yield { type: 'turn-start', model: turn.model, usage: noUsage };
        yield { type: 'text-delta', text: 'Well' };
        throw new GatewayError('overloaded', { status: 503 });
      }
      yield* textScript(['ok'])(turn, signal);
    });
    const { id } = await ask([user('one')]);
    expect((await ask([user('fail')], { conversation_id: id })).status).toBe(503);
    expect((await ask([user('two')], { conversation_id: id })).heard).toBe('U:one A:ok U:two');
  });

  test('is nothing when the caller says store: false', async () => {
    const { ask, store } = open();
    expect((await ask([user('one')], { store: false })).id).toBeUndefined();
    const { id } = await ask([user('one')]);
    expect(await ask([user('aside')], { conversation_id: id, store: false })).toMatchObject({ id, heard: 'U:one A:a2 U:aside' });
    expect((await ask([user('two')], { conversation_id: id })).heard).toBe('U:one A:a2 U:two');
    expect((await store.list('', { limit: 10, order: 'asc' })).conversations).toHaveLength(1);
  });

  test('is nothing of a branch either: it has no id that is not there', async () => {
    const { ask, store } = open();
    const { id } = await ask([user('one')]);
    const branch = await ask([user('one'), assistant('A1!'), user('two')], { conversation_id: id, store: false });
    expect(branch).toMatchObject({ status: 200, id: undefined, heard: 'U:one A:A1! U:two' });
    expect((await store.list('', { limit: 10, order: 'asc' })).conversations.map((each) => each.id)).toEqual([id]);
  });

  test('is the first of several choices', async () => {
    const { ask } = open();
    const { id } = await ask([user('one')], { n: 3 });
    expect((await ask([user('two')], { conversation_id: id })).heard).toBe('U:one A:a1 U:two');
  });

  test('holds the metadata of the request that began it', async () => {
    const { ask, store } = open();
    const { id } = await ask([user('one')], { metadata: { topic: 'tests' } });
    await ask([user('two')], { metadata: { conversation_id: id ?? '', topic: 'more' } });
    expect((await store.read('', id ?? ''))?.metadata).toEqual({ topic: 'tests' });
  });

  test('is what the caller got, where a stop of its own cut it', async () => {
    const { ask } = open({}, textScript(['one', '\n\n', 'two']));
    const { id, answer } = await ask([user('go')], { stop: '\n\n' });
    expect(answer).toBe('one');
    expect((await ask([user('on')], { conversation_id: id })).heard).toBe('U:go A:one U:on');
  });
});

describe('tools', () => {
  const script: Script = (turn) => {
    const called = turn.messages.at(-1)?.content.some((block) => block.type === 'tool_result') === true;
    return [
      { type: 'turn-start', model: 'claude-full-name', usage: noUsage },
      ...(called
        ? [{ type: 'text-delta', text: 'done' } as const]
        : [...thinkingBlock(0, ['hm'], 's'), ...callBlock(1, { id: 'toolu_1', name: 'f' }, ['{"x":1}'])]),
      { type: 'usage', usage: noUsage },
      { type: 'turn-end', reason: called ? 'end_turn' : 'tool_use' },
    ];
  };
  const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
  const call = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'f', arguments: '{"x": 1}' } }],
  };
  const result = { role: 'tool', tool_call_id: 'toolu_1', content: 'r' };
  const heard = 'U:one A:thinking+call toolu_1 U:result';

  test.each<[string, object[]]>([
    ['the result alone', [result]],
    ['the call and its result', [call, result]],
    ['the whole history', [user('one'), call, result]],
  ])('a conversation by its id goes on with %s, and with the thinking', async (_, messages) => {
    const { ask, runner } = open({}, script);
    const { id } = await ask([user('one')], { tools });
    const second = await ask(messages, { tools, conversation_id: id, reasoning_effort: 'low' });
    expect(second).toMatchObject({ id, answer: 'done', heard });
    expect(runner.turns[1]?.messages[1]).toMatchObject({ model: 'claude-full-name' });
    expect((await ask([user('on')], { tools, conversation_id: id })).heard).toBe(`${heard} A:done U:on`);
  });

  test('a resent history gets its thinking back, but not another model', async () => {
    const { ask } = open({}, script);
    const { id } = await ask([user('one')], { tools });
    const second = await ask([user('one'), call, result], { tools, reasoning_effort: 'low' });
    expect(second).toMatchObject({ id, heard });
    const again = await ask([user('one')], { tools });
    const other = await ask([result], { tools, conversation_id: again.id, model: 'claude-opus-4-8' });
    expect(other.heard).toBe('U:one A:call toolu_1 U:result');
  });

  test('functions of the older form go on as well', async () => {
    const { ask } = open({}, script);
    const functions = [{ name: 'f', parameters: { type: 'object' } }];
    const { id } = await ask([user('one')], { functions });
    const second = await ask([{ role: 'function', name: 'f', content: 'r' }], { functions, conversation_id: id });
    expect(second).toMatchObject({ id, answer: 'done', heard });
  });

  test.each<[string, object[], string]>([
    ['a question in the place of a result', [user('two')], 'toolu_1'],
    ['a result that nothing asked for', [{ ...result, tool_call_id: 'toolu_2' }], 'toolu_2'],
  ])('%s is a 400, and loses nothing', async (_, messages, named) => {
    const { ask, runner } = open({}, script);
    const { id } = await ask([user('one')], { tools });
    const wrong = await ask(messages, { tools, conversation_id: id });
    expect(wrong).toMatchObject({ status: 400, error: { message: expect.stringContaining(named) } });
    expect(runner.turns).toHaveLength(1);
    expect(await ask([result], { tools, conversation_id: id })).toMatchObject({ status: 200, heard });
  });
});

describe('a store that fails', () => {
  const unavailable = async (): Promise<never> => {
    throw new GatewayError('not now', { status: 503, code: 'storage_unavailable' });
  };
  const failing = (...operations: (keyof ConversationStore)[]): ConversationStore => ({
    ...createMemoryConversationStore(),
    ...Object.fromEntries(operations.map((operation) => [operation, unavailable])),
  });

  test('is a 503 for who names a conversation, before a token is spent', async () => {
    const { ask, runner } = open({ conversations: { store: failing('read') } });
    const asked = await ask([user('one')], { conversation_id: 'conv_1' });
    expect(asked).toMatchObject({ status: 503, error: { code: 'storage_unavailable' } });
    expect(runner.turns).toEqual([]);
  });

  test.each(['find', 'hold', 'create'] as const)('does not hinder who names none: %s', async (operation) => {
    const { ask } = open({ conversations: { store: failing(operation) } });
    const asked = await ask([user('zero'), assistant('a0'), user('one')]);
    expect(asked).toMatchObject({ status: 200, answer: 'a1', id: undefined });
  });

  test('holds no conversation that it could not read', async () => {
    const store = createMemoryConversationStore();
    let isDown = false;
    const read: ConversationStore['read'] = (tenant, id) => (isDown ? unavailable() : store.read(tenant, id));
    const { ask } = open({ conversations: { store: { ...store, read } }, models: { profiles: { agent: {} } } });
    const { id } = await ask([user('one')], { model: 'agent/sonnet' });
    isDown = true;
    const unkept = await ask([user('one'), assistant('a1'), user('two')], { model: 'agent/sonnet' });
    expect(unkept).toMatchObject({ status: 200, id: undefined });
    isDown = false;
    expect(await ask([user('two')], { conversation_id: id })).toMatchObject({ status: 200, id });
  });

  test('ends a stream with an error when it has promised an id', async () => {
    const { post } = open({ conversations: { store: failing('create') } });
    const text = await (await post({ messages: [user('one')], stream: true })).text();
    expect(text).toContain('storage_unavailable');
    expect(text).not.toContain('"finish_reason":"stop"');
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
  });

  test('keeps no turn that it can not append, and says so', async () => {
    const { ask } = open({ conversations: { store: failing('append') } });
    const { id } = await ask([user('one')]);
    expect(await ask([user('two')], { conversation_id: id })).toMatchObject({ status: 503, error: { code: 'storage_unavailable' } });
  });

  test('tells who changed it in the middle', async () => {
    const store = createMemoryConversationStore();
    const { ask } = open({ conversations: { store: { ...store, append: async () => undefined } } });
    const { id } = await ask([user('one')]);
    expect(await ask([user('two')], { conversation_id: id })).toMatchObject({ status: 409, error: { code: 'conversation_changed' } });
  });
});
