import { anyAbilities, type Turn } from '@claude-code-api/gateway';
import { expect, test } from 'vitest';
import { prepareTurn } from '@claude-code-api/gateway/messages-api';
import { withVariables } from '../request/turn-for-cli.ts';
import { toCountBody } from './to-count-body.ts';

const turn: Turn = {
  model: 'claude-opus-4-6[1m]',
  system: [
    { type: 'text', text: 'one' },
    { type: 'text', text: 'two', extra: { cache_control: { type: 'ephemeral' } } },
  ],
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'hi', extra: { cache_control: { type: 'ephemeral' } } }] },
    { role: 'assistant', content: [{ type: 'other', block: { type: 'server_tool_use', id: 's' } }] },
    { role: 'user', content: [{ type: 'text', text: 'so?' }] },
  ],
  tools: [{ name: 'now', description: 'Time.', inputSchema: { type: 'object' }, strict: false }],
  toolChoice: { type: 'any', disableParallel: true },
  sampling: { maxOutputTokens: 9, temperature: 1, topK: 2, stopSequences: ['x'] },
  thinking: { type: 'budget', tokens: 2000 },
  effort: 'low',
  outputSchema: { type: 'object', properties: {}, additionalProperties: false },
  extra: { service_tier: 'auto', context_management: { edits: [] }, metadata: { user_id: 'u' }, system: 'no', messages: [] },
  betas: ['files-api-2025-04-14'],
  endUser: 'ada',
  tenant: '',
};

test('what is counted is said as the CLI would say it, and nothing that is not counted', () => {
  const { body, betas } = toCountBody(withVariables(prepareTurn(turn, anyAbilities), 'own-beta'));
  expect(body).toEqual({
    model: 'claude-opus-4-6',
    system: 'one\n\ntwo',
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } }] },
      { role: 'assistant', content: [{ type: 'server_tool_use', id: 's' }] },
      { role: 'user', content: [{ type: 'text', text: 'so?' }] },
    ],
    tools: [{ name: 'now', description: 'Time.', input_schema: { type: 'object' } }],
    tool_choice: { type: 'any', disable_parallel_tool_use: true },
    thinking: { type: 'enabled', budget_tokens: 2000 },
    output_config: { effort: 'low', format: { type: 'json_schema', schema: turn.outputSchema } },
    context_management: { edits: [] },
  });
  expect(betas).toEqual([
    ...['token-counting-2024-11-01', 'context-management-2025-06-27', 'own-beta', 'files-api-2025-04-14', 'context-1m-2025-08-07'],
  ]);
});

test('a turn that asks for little', () => {
  const small: Turn = { model: 'claude-x', system: [], messages: turn.messages.slice(0, 1), tools: [], sampling: {}, tenant: '' };
  expect(toCountBody(withVariables(prepareTurn(small, anyAbilities)), 'a, b').betas.slice(2)).toEqual(['a', 'b']);
  expect(Object.keys(toCountBody(prepareTurn(small, anyAbilities)).body)).toEqual(['model', 'messages']);
});
