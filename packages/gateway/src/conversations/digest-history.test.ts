import { expect, test, vi } from 'vitest';
import { toSystem, type ContentBlock } from '../turn/content-block.ts';
import type { Message } from '../turn/message.ts';
import { identifyingMessage } from '../turn/message-identity.ts';
import { normalizeMessages } from '../turn/normalize-messages.ts';
import { webSha256 } from '../ports/sha256.ts';
import { createMessageDigests, digestHistory, type History } from './digest-history.ts';

const digestOf = (history: History): Promise<string> => digestHistory(history, webSha256, createMessageDigests(webSha256));

const text = (words: string): ContentBlock => ({ type: 'text', text: words });
const user = (...content: ContentBlock[]): Message => ({ role: 'user', content });
const assistant = (...content: ContentBlock[]): Message => ({ role: 'assistant', content });
const image = (data: string): ContentBlock => ({ type: 'image', source: { type: 'base64', media_type: 'image/png', data } });
const call = (input: Record<string, unknown>, id = 'a'): ContentBlock => ({ type: 'tool_use', id, name: 'f', input });
const result = (words: string): ContentBlock => ({ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: words }] });

const own: History = {
  tenant: 'a',
  system: toSystem('s'),
  messages: [user(text('one'), image('AAAA')), assistant(text('two'), call({ x: 1, y: 2 })), user(result('r')), assistant(text('three'))],
};

test.each<[string, Partial<History>]>([
  ['another tenant', { tenant: 'b' }],
  ['another end user', { endUser: 'b' }],
  ['another system prompt', { system: toSystem('t') }],
  ['tenant and system prompt changed for one another', { tenant: 's', system: toSystem('a') }],
  ['a message less', { messages: own.messages.slice(0, -1) }],
  ['another picture', { messages: [user(text('one'), image('AAAB')), ...own.messages.slice(1)] }],
  ['the picture first', { messages: [user(image('AAAA'), text('one')), ...own.messages.slice(1)] }],
  ['an edited answer', { messages: own.messages.with(3, assistant(text('Three'))) }],
  ['other arguments', { messages: own.messages.with(1, assistant(text('two'), call({ x: 1, y: 3 }))) }],
  ['another call', { messages: own.messages.with(1, assistant(text('two'), call({ x: 1, y: 2 }, 'b'))) }],
  ['another result', { messages: own.messages.with(2, user(result('R'))) }],
  ['other roles', { messages: own.messages.with(3, user(text('three'))) }],
])('%s is another history', async (_, change) => {
  expect(await digestOf({ ...own, ...change })).not.toBe(await digestOf(own));
});

test('a history is the same however its answers are written', async () => {
  const messages = own.messages.with(
    1,
    assistant({ type: 'thinking', thinking: 'hm', signature: 's' }, text('t'), text('wo'), call({ y: 2, x: 1 })),
  );
  const digest = await digestOf({ ...own, messages });
  expect(digest).toBe(await digestOf(own));
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
});

test('the steps of agents are no part of it, nor are answers that say nothing', async () => {
  const steps: Message[] = [assistant(text('did'))];
  const digest = await digestOf(own);
  expect(
    await digestOf({ ...own, messages: own.messages.map((message) => (message.role === 'user' ? message : { ...message, steps })) }),
  ).toBe(digest);
  const silent: Message = { role: 'assistant', content: [], steps };
  const asked = { ...own, messages: [user(text('0'), text('one')), assistant(text('two'))] };
  const withSilent = { ...own, messages: [user(text('0')), silent, user(text('one')), assistant(text('two'))] };
  expect(await digestOf(withSilent)).toBe(await digestOf(asked));
});

const say = (role: Message['role'], words: string): Message => ({ role, content: [text(words)] });

test('a digest is made once for each message, also where messages are normalised again in between', async () => {
  const sha256 = vi.fn(webSha256);
  const digestsOf = createMessageDigests(sha256);
  const history = normalizeMessages([say('user', 'a'), say('user', 'b'), say('assistant', 'c'), say('user', 'd')]);
  const first = await digestsOf(history);
  expect(first[1]).toBe(await webSha256(JSON.stringify(identifyingMessage(say('assistant', 'c')))));
  const longer = normalizeMessages([...history, say('assistant', 'e')]);
  expect((await digestsOf(longer)).slice(0, 3)).toEqual(first);
  expect(sha256).toHaveBeenCalledTimes(4);
});
