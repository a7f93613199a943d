import { expect, test } from 'vitest';
import type { ContentBlock } from './content-block.ts';
import { messageSchema } from './message-schema.ts';
import { turnSchema } from './turn-schema.ts';
import type { Turn } from './turn.ts';

const blocks: readonly ContentBlock[] = [
  { type: 'text', text: 'a', extra: { cache_control: { type: 'ephemeral' } } },
  { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
  { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'd' }, title: 't', extra: { citations: { enabled: true } } },
  { type: 'thinking', thinking: 't', signature: 's' },
  { type: 'redacted_thinking', data: 'r' },
  { type: 'tool_use', id: 'i', name: 'n', input: JSON.parse('{"__proto__":1}'), json: '{}' },
  { type: 'tool_result', tool_use_id: 'i', content: [{ type: 'other', block: { type: 'search_result' } }], is_error: true },
  { type: 'other', block: { type: 'server_tool_use', id: 's' } },
];

const turn: Turn = {
  model: 'sonnet',
  system: [{ type: 'text', text: 's' }],
  messages: [{ role: 'assistant', content: blocks, model: 'm', steps: [{ role: 'assistant', content: blocks }] }],
  tools: [{ name: 't', description: '', inputSchema: { type: 'object' }, strict: true }],
  toolChoice: { type: 'tool', name: 't', disableParallel: false },
  sampling: { maxOutputTokens: 1, temperature: 0, topP: 1, topK: 1, stopSequences: ['x'] },
  effort: 'low',
  thinking: { type: 'budget', tokens: 1024 },
  outputSchema: { type: 'object' },
  endUser: 'u',
  timeoutMs: 1,
  requestId: 'r',
  tenant: '',
};

test('a turn and its messages are read as they were written', () => {
  const text = JSON.stringify(turn);
  expect(turnSchema.parse(JSON.parse(text))).toEqual(JSON.parse(text));
});

test.each([
  ['a block without its fields', { role: 'user', content: [{ type: 'text' }] }],
  ['a block of a type that is not one of ours', { role: 'user', content: [{ type: 'search_result' }] }],
  ['a message of nobody', { content: [] }],
])('%s is none', (_, message) => {
  expect(messageSchema.safeParse(message).success).toBe(false);
});
