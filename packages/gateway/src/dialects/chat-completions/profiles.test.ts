import { describe, expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import type { GatewayOptions } from '../../gateway-options.ts';
import type { CachedAnswer, ResponseCache } from '../../ports/response-cache.ts';
import { createMemoryConversationStore, createScriptedRunner } from '../../testing/index.ts';

const messages = [{ role: 'user', content: 'hi' }];

function open(options: Partial<GatewayOptions> = {}) {
  const runner = createScriptedRunner();
  const app = createGateway({
    runner,
    access: {
      callerOf: (request) => {
        const profiles = request.headers.get('x-test-profiles')?.split(',');
        return { tenant: '', ...(profiles !== undefined && { profiles }) };
      },
    },
    ...options,
    models: { profiles: { agent: {}, reader: { effort: 'high' } }, ...options.models },
  });
  const post = async (body: object, headers: Record<string, string> = {}): Promise<Response> =>
    app.request('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'agent/sonnet', messages, ...body }),
    });
  return { app, runner, post };
}

const notFound = { error: { code: 'model_not_found', type: 'invalid_request_error' } };

describe('a profile', () => {
  test.each([
    ['agent/sonnet', { profile: 'agent', model: 'sonnet' }],
    ['agent/claude-opus-4-8', { profile: 'agent', model: 'claude-opus-4-8' }],
    ['agent', { profile: 'agent', model: 'sonnet' }],
    ['reader/sonnet', { profile: 'reader', model: 'sonnet' }],
  ])('is picked by the model name %s', async (model, expected) => {
    const { post, runner } = open();
    expect((await post({ model })).status).toBe(200);
    expect((await post({ model, stream: true, n: 2 })).status).toBe(200);
    expect(runner.turns).toHaveLength(3);
    for (const turn of runner.turns) expect(turn).toMatchObject(expected);
  });

  test('is the default one, or none, where the name names none', async () => {
    for (const model of ['sonnet', 'claude-opus-4-8', 'vendor/claude-x']) {
      const { post, runner } = open();
      await post({ model });
      expect(runner.turns[0]).not.toHaveProperty('profile');
      const other = open({ models: { defaultProfile: 'pure' } });
      await other.post({ model });
      await other.post({ model: 'agent/sonnet' });
      expect(other.runner.turns.map((turn) => [turn.profile, turn.model])).toEqual([
        ['pure', model],
        ['agent', 'sonnet'],
      ]);
    }
  });

  test('has an effort of its own, before the gateway’s and behind the request’s', async () => {
    const { post, runner } = open({ defaults: { effort: 'low' }, models: { defaultProfile: 'reader' } });
    for (const body of [{ model: 'agent' }, { model: 'reader' }, { model: 'sonnet' }, { model: 'reader', reasoning_effort: 'max' }])
      await post(body);
    expect(runner.turns.map(({ effort }) => effort)).toEqual(['low', 'high', 'high', 'max']);
    const silent = open({ models: { profiles: { agent: { effort: 'none' } } }, defaults: { effort: 'high' } });
    await silent.post({});
    expect(silent.runner.turns[0]?.thinking).toEqual({ type: 'off' });
  });

  test('is listed with its models, and can be looked up', async () => {
    const { app } = open({ models: { aliases: { 'gpt-4o': 'sonnet', 'vendor/best': 'sonnet' } } });
    const plain = ['sonnet', 'claude-sonnet-5-5', 'gpt-4o', 'vendor/best'];
    const of = (profile: string): string[] => plain.map((id) => `${profile}/${id}`);
    const list = async (headers: HeadersInit): Promise<string[]> => {
      const { data } = (await (await app.request('/v1/models', { headers })).json()) as { data: { id: string }[] };
      return data.map(({ id }) => id);
    };
    expect(await list({})).toEqual([...plain, ...of('agent'), ...of('reader')]);
    expect(await list({ 'x-test-profiles': 'reader' })).toEqual([...plain, ...of('reader')]);
    expect(await list({ 'x-test-profiles': 'none' })).toEqual(plain);
    for (const id of [...of('agent'), 'agent']) {
      for (const path of [id, encodeURIComponent(id)]) {
        expect(await (await app.request(`/v1/models/${path}`)).json()).toMatchObject({ id, object: 'model' });
        const refused = await app.request(`/v1/models/${path}`, { headers: { 'x-test-profiles': 'reader' } });
        expect(refused.status).toBe(404);
        expect(await refused.json()).toMatchObject(notFound);
      }
    }
  });

  test('that a request may not use is an unknown model, word for word', async () => {
    const { post, runner } = open();
    for (const stream of [false, true]) {
      for (const model of ['agent/sonnet', 'agent/claude-opus-4-8', 'agent']) {
        const response = await post({ model, stream }, { 'x-test-profiles': 'reader' });
        expect(response.status).toBe(404);
        const { error } = (await response.json()) as { error: { message: string } };
        const unknown = (await (await post({ model: 'gpt-5' })).json()) as { error: { message: string } };
        expect(error).toEqual({ ...unknown.error, message: unknown.error.message.replace('gpt-5', model) });
      }
    }
    expect(runner.turns).toEqual([]);
    expect((await post({ model: 'reader/sonnet' }, { 'x-test-profiles': 'reader' })).status).toBe(200);
  });

  test('is asked for in the stream under the name that was given, until the model has answered', async () => {
    const { post } = open();
    expect(await (await post({ stream: true })).text()).toContain('"model":"sonnet"');
  });
});

describe('nothing but the model name', () => {
  const none = { 'x-test-profiles': '' };

  test.each<[string, object, Record<string, string>?]>([
    ['a field', { profile: 'agent', profiles: ['agent'] }],
    ['fields of a turn', { turn: { profile: 'agent' }, conversation: 'conv_1', defaultProfile: 'agent', allowed_profiles: ['agent'] }],
    ['a field with a prototype', JSON.parse('{"__proto__": {"profile": "agent"}, "constructor": {"profile": "agent"}}') as object],
    ['metadata', { metadata: { profile: 'agent', model: 'agent/sonnet' } }],
    ['the user', { user: 'agent/sonnet', safety_identifier: 'agent' }],
    ['a prompt', { messages: [{ role: 'user', content: 'Use the profile agent/sonnet. /model agent/sonnet' }] }],
    ['a system prompt', { messages: [{ role: 'system', content: 'profile: agent' }, ...messages] }],
    ['a message’s field', { messages: [{ role: 'user', content: 'hi', profile: 'agent', steps: [{ role: 'user', content: 'x' }] }] }],
    ['tools of the caller', { tools: [{ type: 'function', function: { name: 'Bash' }, profile: 'agent' }] }],
    ['an activity', { activity: 'events' }],
    ['headers', {}, { 'x-profile': 'agent', 'x-model': 'agent/sonnet', 'x-claude-profile': 'agent', 'anthropic-model': 'agent' }],
  ])('picks a profile: not %s', async (_, body, headers = {}) => {
    const { post, runner } = open();
    for (const stream of [false, true])
      expect((await post({ model: 'sonnet', stream, ...body }, { ...none, ...headers })).status).toBe(200);
    expect(runner.turns).toHaveLength(2);
    for (const turn of runner.turns) {
      for (const key of ['profile', 'conversation']) expect(turn).not.toHaveProperty(key);
      expect(turn.model).toBe('sonnet');
      expect(JSON.stringify(turn.messages)).not.toContain('steps');
    }
  });

  test.each<[string, object, Record<string, string>?]>([
    ['a field', { profile: 'reader' }],
    ['metadata', { metadata: { profile: 'reader' } }],
    ['headers', {}, { 'x-profile': 'reader' }],
  ])('changes the one that is picked: not %s', async (_, body, headers) => {
    const { post, runner } = open();
    await post(body, headers);
    expect(runner.turns).toEqual([expect.objectContaining({ profile: 'agent' })]);
  });

  test.each([
    'Agent/sonnet',
    ' agent/sonnet',
    'agent /sonnet',
    'agent%2Fsonnet',
    'agent\\sonnet',
    'agent:sonnet',
    'sonnet/agent',
    './agent/sonnet',
    'reader/agent',
    'reader/agent/sonnet',
    'reader/../agent/sonnet',
    'reader/agent/claude-x',
    '__proto__/sonnet',
    'constructor',
    'agent/',
    'agent/\u0000',
  ])('is a profile’s when it only looks like one: %j', async (model) => {
    const { post, runner } = open();
    expect(await (await post({ model }, { 'x-test-profiles': 'reader' })).json()).toMatchObject(notFound);
    expect(runner.turns).toEqual([]);
  });

  test('keeps a profile: a conversation goes on with what each of its requests names', async () => {
    const { post, runner } = open({ conversations: { store: createMemoryConversationStore() } });
    const { conversation_id: id } = (await (await post({})).json()) as { conversation_id: string };
    const onward = { model: 'sonnet', conversation_id: id };
    expect((await post(onward, none)).status).toBe(200);
    expect((await post({ ...onward, model: 'agent/sonnet' }, none)).status).toBe(404);
    expect(runner.turns.map(({ profile, conversation }) => [profile, conversation])).toEqual([
      ['agent', id],
      [undefined, id],
    ]);
  });
});

describe('the cache', () => {
  function createMemoryCache() {
    const answers = new Map<string, CachedAnswer>();
    const cache: ResponseCache = { get: async (key) => answers.get(key), set: async (key, answer) => void answers.set(key, answer) };
    return { answers, cache };
  }

  test.each([{ seed: 1 }, { temperature: 0 }, { seed: 1, stream: true }])('takes no part in turns of a profile: %j', async (body) => {
    const { answers, cache } = createMemoryCache();
    const { post, runner } = open({ cache: { store: cache, mode: 'all' } });
    for (let count = 0; count < 2; count += 1) {
      const response = await post(body, { 'cache-control': 'max-age=60' });
      expect(response.headers.get('x-cache')).toBe('bypass');
      expect(response.headers.get('x-ignored-parameters')).toBe('seed' in body ? 'seed' : null);
      await response.text();
    }
    expect(runner.turns).toHaveLength(2);
    expect(answers.size).toBe(0);
    const strict = await post({ seed: 1 }, { 'x-strict-parameters': 'true' });
    expect(await strict.json()).toMatchObject({ error: { code: 'unsupported_parameter', param: 'seed' } });
  });

  test('takes no part in turns of a default profile either, and goes on for others', async () => {
    const { answers, cache } = createMemoryCache();
    const outcomes = async (defaultProfile?: string): Promise<(string | null)[]> => {
      const { post } = open({ cache: { store: cache }, ...(defaultProfile !== undefined && { models: { defaultProfile } }) });
      const ask = async (): Promise<string | null> => (await post({ model: 'sonnet', seed: 1 })).headers.get('x-cache');
      return [await ask(), await ask()];
    };
    expect(await outcomes('agent')).toEqual(['bypass', 'bypass']);
    expect(answers.size).toBe(0);
    expect(await outcomes()).toEqual(['miss', 'hit']);
  });
});

describe('a turn', () => {
  test('knows the conversation that it is in, from its first on', async () => {
    const { post, runner } = open({ conversations: { store: createMemoryConversationStore() } });
    const ask = async (body: object): Promise<string | undefined> =>
      ((await (await post(body)).json()) as { conversation_id?: string }).conversation_id;
    const id = await ask({});
    await ask({ conversation_id: id });
    await ask({
      messages: [
        ...messages,
        { role: 'assistant', content: 'Hello world' },
        ...messages,
        { role: 'assistant', content: 'Hello world' },
        ...messages,
      ],
    });
    await ask({ conversation_id: id, store: false });
    expect(runner.turns.map(({ conversation }) => conversation)).toEqual([id, id, id, id]);
    const other = await ask({ messages: [...messages, { role: 'assistant', content: 'edited' }, ...messages], conversation_id: id });
    expect(other).not.toBe(id);
    expect(runner.turns.at(-1)?.conversation).toBe(other);
  });

  test('knows of none where it is in none', async () => {
    const { post, runner } = open({ conversations: { store: createMemoryConversationStore() } });
    await post({ store: false });
    await open().post({});
    expect(runner.turns[0]).not.toHaveProperty('conversation');
    const without = open();
    await without.post({});
    expect(without.runner.turns[0]).not.toHaveProperty('conversation');
  });

  test('of several choices the first is in the conversation, and works alone in its directory', async () => {
    const { post, runner } = open({ conversations: { store: createMemoryConversationStore() } });
    const { conversation_id: id } = (await (await post({ n: 3 })).json()) as { conversation_id: string };
    expect(runner.turns.map(({ conversation }) => conversation)).toEqual([id, undefined, undefined]);
    expect(runner.turns.map(({ profile }) => profile)).toEqual(['agent', 'agent', 'agent']);
  });

  test('is forgotten with its conversation', async () => {
    const forgotten: string[][] = [];
    const runner = { ...createScriptedRunner(), forget: async (...given: [string, string]) => void forgotten.push(given) };
    const { app, post } = open({
      runner,
      conversations: { store: createMemoryConversationStore() },
      access: { callerOf: () => ({ tenant: 'me' }) },
    });
    const { conversation_id: id } = (await (await post({})).json()) as { conversation_id: string };
    expect(forgotten).toEqual([]);
    expect((await app.request(`/v1/conversations/${id}`, { method: 'DELETE' })).status).toBe(200);
    expect(forgotten).toEqual([['me', id]]);
    const plain = open({ conversations: { store: createMemoryConversationStore() } });
    const made = (await (await plain.post({})).json()) as { conversation_id: string };
    expect((await plain.app.request(`/v1/conversations/${made.conversation_id}`, { method: 'DELETE' })).status).toBe(200);
  });
});
