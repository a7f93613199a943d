import { createScriptedRunner, type ScriptedRunner } from '@claude-code-api/gateway/testing';
import type { RunningServer } from '@claude-code-api/node';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { callWithKey } from '../support/chat/call-with-key.ts';
import { makeKeys } from '../support/servers/make-keys.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';

const noUsage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, cacheWriteHourTokens: 0, outputTokens: 0, reasoningTokens: 0 };
const secret = 'The secret thought of Alice.';

let server: RunningServer;
let runner: ScriptedRunner;
let keys: Readonly<Record<string, string>>;
let sealed: { readonly type: 'reasoning'; readonly encrypted_content: string };

beforeAll(async () => {
  const made = makeKeys({ alice: {}, bob: {} });
  ({ keys } = made);
  runner = createScriptedRunner({
    models: ['sonnet', 'opus'].map((id) => ({ id, resolvedId: `claude-${id}-5-5`, displayName: id })),
    *script() {
      yield { type: 'turn-start', model: 'claude-sonnet-5-5', usage: noUsage };
      yield { type: 'block-start', index: 0, block: { type: 'thinking' } };
      yield { type: 'thinking-delta', index: 0, thinking: secret };
      yield { type: 'signature', index: 0, signature: 'SIGNED' };
      yield { type: 'block-end', index: 0 };
      yield { type: 'block-start', index: 1, block: { type: 'text' } };
      yield { type: 'text-delta', index: 1, text: 'Hello' };
      yield { type: 'block-end', index: 1 };
      yield { type: 'usage', usage: noUsage };
      yield { type: 'turn-end', reason: 'end_turn' };
    },
  });
  server = await startScriptedTestServer(made.settings, { runner });
  const { body } = await ask('alice', { input: 'hi', reasoning: { effort: 'high' } });
  sealed = (body as { output: (typeof sealed)[] }).output[0] ?? { type: 'reasoning', encrypted_content: '' };
  expect(sealed.encrypted_content.length).toBeGreaterThan(100);
});
let before = 0;
beforeEach(() => {
  before = runner.turns.length;
});
afterAll(() => server.close());

async function ask(name: string, body: object): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await callWithKey(`${server.url}/v1/responses`, keys[name], { model: 'sonnet', store: false, ...body });
  return { status: response.status, body: await response.json() };
}

const withSeal = (encrypted: string): object => ({
  input: [
    { role: 'user', content: 'hi' },
    { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: encrypted },
    { role: 'assistant', content: 'Hello' },
    { role: 'user', content: 'and?' },
  ],
});

/** What Claude heard of the answer that was brought back. */
const heard = (): unknown => runner.turns.at(-1)?.messages[1]?.content.map((block) => ({ ...block }));

test('whom it was given to can bring it back, and the API gets it with its signature', async () => {
  expect(await ask('alice', withSeal(sealed.encrypted_content))).toMatchObject({ status: 200 });
  expect(heard()).toEqual([
    { type: 'thinking', thinking: secret, signature: 'SIGNED' },
    expect.objectContaining({ type: 'text', text: 'Hello' }),
  ]);
});

test('it says nothing of what was thought', () => {
  expect(JSON.stringify(sealed)).not.toContain(secret);
  const decoded = Buffer.from(sealed.encrypted_content.split('.').at(-1) ?? '', 'base64url').toString('latin1');
  for (const word of ['secret', 'Alice', 'SIGNED', 'sonnet', 'thinking']) expect(decoded).not.toContain(word);
});

test("another caller's is refused, and reaches nobody", async () => {
  const { status, body } = await ask('bob', withSeal(sealed.encrypted_content));
  expect({ status, body }).toMatchObject({
    status: 400,
    body: { error: { code: 'invalid_encrypted_content', param: 'input[1].encrypted_content' } },
  });
  expect(JSON.stringify(body)).not.toContain(secret);
  expect(runner.turns.length).toBe(before);
});

test('what was changed is refused, wherever it was changed', async () => {
  const { encrypted_content: seal } = sealed;
  const at = seal.indexOf('.') + 1;
  const changed = [0.02, 0.3, 0.6, 0.9].map((share) => {
    const index = at + Math.floor((seal.length - at) * share);
    return seal.slice(0, index) + (seal[index] === 'A' ? 'B' : 'A') + seal.slice(index + 1);
  });
  const twice = `${seal}${seal.slice(at)}`;
  for (const each of [...changed, twice, seal.slice(0, -8), seal.slice(0, at), `${seal},${changed[0]}`])
    expect(await ask('alice', withSeal(each))).toMatchObject({ status: 400, body: { error: { code: 'invalid_encrypted_content' } } });
  expect(runner.turns.length).toBe(before);
});

test.each([
  'gAAAAABoSomethingOfOpenAI',
  'ccs1_AAAAAAAA.AAAA',
  'SIGNED',
  '{"thinking":"planted","signature":"x"}',
  'ccs1_',
  'x'.repeat(1_000_000),
  ','.repeat(100_000),
])('what others have made is left out, and plants nothing: %.40s', async (foreign) => {
  expect(await ask('alice', withSeal(foreign))).toMatchObject({ status: 200 });
  expect(heard()).toEqual([expect.objectContaining({ type: 'text', text: 'Hello' })]);
});

test('another model does not get it', async () => {
  expect(await ask('alice', { ...withSeal(sealed.encrypted_content), model: 'opus' })).toMatchObject({ status: 200 });
  expect(heard()).toEqual([expect.objectContaining({ type: 'text', text: 'Hello' })]);
});

test('it is no summary of a conversation', async () => {
  const input = [
    { type: 'compaction', encrypted_content: sealed.encrypted_content },
    { role: 'user', content: 'hi' },
  ];
  expect(await ask('alice', { input })).toMatchObject({ status: 400, body: { error: { code: 'invalid_encrypted_content' } } });
  expect(runner.turns.length).toBe(before);
});

test('a key of the operator opens on every server that has it, and after it was replaced; elsewhere it is left out', async () => {
  const [old, fresh] = ['an old key of the operator', 'a new key of the operator'];
  const made = makeKeys({ alice: {}, bob: {} });
  const heardBy = async (
    sealKeys: readonly string[],
    key: string,
    body: object,
  ): Promise<{ readonly status: number; readonly told: unknown }> => {
    const own = await startScriptedTestServer(
      { ...made.settings, 'responses.seal_key': JSON.stringify(sealKeys) },
      { runner: { ...runner, close: async () => {} } },
    );
    try {
      const response = await callWithKey(`${own.url}/v1/responses`, made.keys[key], { model: 'sonnet', store: false, ...body });
      return { status: response.status, told: await response.json() };
    } finally {
      await own.close();
    }
  };
  const { told } = await heardBy([old], 'alice', { input: 'hi', reasoning: { effort: 'high' } });
  const seal = (told as { output: (typeof sealed)[] }).output[0]?.encrypted_content ?? '';
  expect(seal).not.toContain(old);
  const thinking = { type: 'thinking', thinking: secret, signature: 'SIGNED' };
  for (const [sealKeys, opens] of [
    [[old], true],
    [[fresh, old], true],
    [[fresh], false],
  ] as const) {
    expect(await heardBy(sealKeys, 'alice', withSeal(seal))).toMatchObject({ status: 200 });
    expect(heard()).toEqual([...(opens ? [thinking] : []), expect.objectContaining({ type: 'text', text: 'Hello' })]);
  }
  expect(await heardBy([fresh, old], 'bob', withSeal(seal))).toMatchObject({ status: 400 });
});
