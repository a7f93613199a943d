import { expect, test } from 'vitest';
import type { Turn } from '../turn/turn.ts';
import { cacheKey } from './cache-key.ts';

const pixel = 'iVBORw0KGgo=';
const turn = {
  tenant: 'one',
  model: 'sonnet',
  system: [{ type: 'text', text: 'Be brief.' }],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is it?' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
      ],
    },
    { role: 'assistant', model: 'claude-sonnet-5-5', content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: { a: 1, b: 2 } }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'a dot' }] }] },
  ],
  tools: [{ name: 'look', description: 'Looks.', inputSchema: { type: 'object', properties: { a: {}, b: {} } }, strict: false }],
  toolChoice: { type: 'auto', disableParallel: false },
  sampling: { maxOutputTokens: 100, temperature: 0, topP: 0.9, topK: 5, stopSequences: ['END'] },
  effort: 'low',
  thinking: { type: 'budget', tokens: 2048 },
  outputSchema: { type: 'object', properties: { x: {}, y: {} } },
  endUser: 'user-1',
  timeoutMs: 1000,
} satisfies Turn;
const extras = { seed: 1, choice: 0, stops: ['a', 'b'] };

const [question, call, result] = turn.messages;
const [tool] = turn.tools;

const changes: Record<string, Partial<Turn>> = {
  tenant: { tenant: 'two' },
  model: { model: 'opus' },
  system: { system: [{ type: 'text', text: 'Be brief. ' }] },
  'no messages': { messages: [] },
  'a message less': { messages: [question!, call!] },
  'the role of a message': { messages: [{ ...question!, role: 'assistant' }, call!, result!] },
  'the model of a message': { messages: [question!, { role: 'assistant', content: call!.content }, result!] },
  'the text of a block': {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'What?' }, question!.content[1]!] }, call!, result!],
  },
  'the data of an image': {
    messages: [
      {
        role: 'user',
        content: [question!.content[0]!, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgp=' } }],
      },
      call!,
      result!,
    ],
  },
  'where a block ends': {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is' },
          { type: 'text', text: ' it?' },
        ],
      },
      call!,
      result!,
    ],
  },
  'no tools': { tools: [] },
  'a tool name': { tools: [{ ...tool!, name: 'see' }] },
  'a tool description': { tools: [{ ...tool!, description: '' }] },
  'a strict tool': { tools: [{ ...tool!, strict: true }] },
  'the order in a tool schema': { tools: [{ ...tool!, inputSchema: { type: 'object', properties: { b: {}, a: {} } } }] },
  toolChoice: { toolChoice: { type: 'auto', disableParallel: true } },
  temperature: { sampling: { ...turn.sampling, temperature: 0.1 } },
  maxOutputTokens: { sampling: { ...turn.sampling, maxOutputTokens: 101 } },
  topP: { sampling: { ...turn.sampling, topP: 0.8 } },
  topK: { sampling: { ...turn.sampling, topK: 6 } },
  stopSequences: { sampling: { ...turn.sampling, stopSequences: ['EN', 'D'] } },
  'no sampling': { sampling: {} },
  effort: { effort: 'high' },
  thinking: { thinking: { type: 'budget', tokens: 2049 } },
  'no thinking': { thinking: { type: 'off' } },
  outputSchema: { outputSchema: { type: 'object' } },
  'the order in the output schema': { outputSchema: { type: 'object', properties: { y: {}, x: {} } } },
  endUser: { endUser: 'user-2' },
};

test.each(Object.entries(changes))('another key for another %s', async (_, change) => {
  expect(await cacheKey({ ...turn, ...change }, extras)).not.toBe(await cacheKey(turn, extras));
});

test('every change, each field that is left out, and all extras have their own key', async () => {
  const { toolChoice: _1, ...noChoice } = turn;
  const { effort: _2, ...noEffort } = turn;
  const { outputSchema: _3, ...noSchema } = turn;
  const { endUser: _4, ...noUser } = turn;
  const turns: Turn[] = [turn, ...Object.values(changes).map((change) => ({ ...turn, ...change })), noChoice, noEffort, noSchema, noUser];
  const others = [{}, { ...extras, seed: 2 }, { ...extras, choice: 1 }, { ...extras, stops: ['ab'] }, { ...extras, more: null }];
  const keys = await Promise.all([...turns.map((each) => cacheKey(each, extras)), ...others.map((each) => cacheKey(turn, each))]);
  expect(new Set(keys).size).toBe(turns.length + others.length);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
});

test('equal turns have one key, whatever the order of their fields and their time limit', async () => {
  const key = await cacheKey(turn, extras);
  expect(await cacheKey(structuredClone(turn), { ...extras })).toBe(key);
  expect(await cacheKey({ ...turn, timeoutMs: 5 }, extras)).toBe(key);
  const reversed = <Value extends object>(value: Value) => Object.fromEntries(Object.entries(value).toReversed()) as Value;
  const other = { ...reversed(turn), sampling: reversed(turn.sampling), thinking: reversed(turn.thinking) };
  expect(await cacheKey(other, reversed(extras))).toBe(key);
  expect(await cacheKey(turn, { ...extras, nothing: undefined })).toBe(key);
});
