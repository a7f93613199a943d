import type { ContentBlock, JsonObject, Message, Tool } from '@claude-code-api/gateway';
import { expect, test } from 'vitest';
import { digestSession } from '../session/session-history.ts';
import type { PreparedTurn } from '@claude-code-api/gateway/messages-api';
import { toFlagSettings, withVariables } from './turn-for-cli.ts';

const mark: JsonObject = { cache_control: { type: 'ephemeral' } };
const hour: JsonObject = { cache_control: { type: 'ephemeral', ttl: '1h' } };
const tool: Tool = { name: 'a', description: '', inputSchema: {}, strict: false };

const text = (words: string, extra?: JsonObject): ContentBlock => ({ type: 'text', text: words, ...(extra !== undefined && { extra }) });
const user = (...content: ContentBlock[]): Message => ({ role: 'user', content });
const assistant = (...content: ContentBlock[]): Message => ({ role: 'assistant', content });

function turn(messages: readonly Message[], more: Partial<PreparedTurn> = {}): PreparedTurn {
  return { model: 'm', system: [], messages, tools: [], sampling: {}, tenant: '', ...more };
}

const reference: ContentBlock = {
  ...{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'other', block: { type: 'tool_reference', tool_name: 'a' } }] },
};

test.each<[string, PreparedTurn, Readonly<Record<string, string>>]>([
  ['nothing', turn([user(text('hi'))]), {}],
  ['a mark at the end', turn([user(text('hi', mark))]), {}],
  ['one for an hour', turn([user(text('hi', hour))]), { ENABLE_PROMPT_CACHING_1H: '1' }],
  [
    'a system prompt for an hour',
    turn([user(text('hi'))], { system: [{ type: 'text', text: 's', extra: hour }] }),
    { ENABLE_PROMPT_CACHING_1H: '1' },
  ],
  ['a mark elsewhere', turn([user(text('a', mark), text('hi', mark))]), {}],
  ['two marks elsewhere', turn([user(text('a', mark), text('b', mark), text('hi', hour))]), { DISABLE_PROMPT_CACHING: '1' }],
  [
    'marks of tools count',
    turn([user(text('a', mark), text('hi'))], { tools: [{ ...tool, extra: mark }] }),
    { DISABLE_PROMPT_CACHING: '1' },
  ],
  ['so does the automatic one', turn([user(text('a', mark), text('hi'))], { extra: mark }), { DISABLE_PROMPT_CACHING: '1' }],
  ['betas', turn([user(text('hi'))], { betas: ['b-1', 'c-2'] }), { ANTHROPIC_BETAS: 'own-1,b-1,c-2' }],
  [
    'a tool that is found',
    turn([user(text('hi'))], { tools: [{ ...tool, extra: { defer_loading: true } }] }),
    { ENABLE_TOOL_SEARCH: 'true' },
  ],
  [
    'a search',
    turn([user(text('hi'))], { tools: [{ ...tool, definition: { type: 'tool_search_tool_regex_20251119' } }] }),
    { ENABLE_TOOL_SEARCH: 'true' },
  ],
  ['what was found', turn([user(reference)]), { ENABLE_TOOL_SEARCH: 'true' }],
  [
    'a call with what else there is of it',
    turn([
      user(text('hi')),
      assistant({ type: 'tool_use', id: 't', name: 'a', input: {}, extra: { caller: { type: 'x' } } }),
      user(text('so')),
    ]),
    { ENABLE_TOOL_SEARCH: 'true' },
  ],
])('%s', (_, asked, variables) => {
  const ready = withVariables(asked, 'own-1');
  expect(ready.variables).toEqual(variables);
  expect(toFlagSettings(ready).env).toMatchObject(variables);
});

test('the mark at the end is left to the CLI where that sets it, and to the caller where it does not', () => {
  const ready = withVariables(turn([user(text('a', mark), text('hi', { ...mark, citations: null }))]));
  expect(ready.messages).toEqual([user(text('a', mark), text('hi', { citations: null }))]);
  const own = turn([user(text('a', mark), text('b', mark), text('hi', mark))]);
  expect(withVariables(own).messages).toEqual(own.messages);
});

test('the history of a process is another where marks or betas are others, but for the mark that moves with the end', () => {
  const after = (first: PreparedTurn): string => digestSession(withVariables(first)).after([{ type: 'text', text: 'ho' }]);
  const before = (next: PreparedTurn): string | undefined => digestSession(withVariables(next)).before;
  const next = (extra?: JsonObject, more: Partial<PreparedTurn> = {}): PreparedTurn =>
    turn([user(text('hi', extra)), assistant(text('ho')), user(text('so', mark))], more);
  const asked = turn([user(text('hi', mark))]);
  expect(before(next())).toBe(after(asked));
  expect(before(next(mark))).not.toBe(after(asked));
  expect(before(next(undefined, { betas: ['x'] }))).not.toBe(after(asked));
  const inside = turn([user(text('a', mark), text('hi'))]);
  const onward = (extra?: JsonObject): PreparedTurn => turn([user(text('a', extra), text('hi')), assistant(text('ho')), user(text('so'))]);
  expect(before(onward(mark))).toBe(after(inside));
  expect(before(onward())).not.toBe(after(inside));
});

test('nothing of a caller’s stands in the place of what the CLI says itself', () => {
  const extra = { messages: [1], system: 's', model: 'x', stream: false, betas: ['b'], service_tier: 'auto' };
  const { env } = toFlagSettings(withVariables(turn([user(text('hi'))], { extra })));
  expect(JSON.parse(env['CLAUDE_CODE_EXTRA_BODY'] ?? '')).toEqual({ service_tier: 'auto' });
});
