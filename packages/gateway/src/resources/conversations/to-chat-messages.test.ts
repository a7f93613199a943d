import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalMessage } from '../../turn/message-identity.ts';
import { systemText, type ContentBlock } from '../../turn/content-block.ts';
import type { Message } from '../../turn/message.ts';
import { createMediaReader } from '../../media/create-media-reader.ts';
import { normalizeMessages } from '../../turn/normalize-messages.ts';
import { requestSchema } from '../../dialects/chat-completions/request/request-schema.ts';
import { toRequestMessages } from '../../dialects/chat-completions/request/to-request-messages.ts';
import { openaiCallFault } from '../../dialects/openai/openai-call-fault.ts';
import { readMessages } from '../../engine/request/read-messages.ts';
import { toChatMessages } from './to-chat-messages.ts';

const picture: ContentBlock = {
  type: 'image',
  source: {
    type: 'base64',
    media_type: 'image/png',
    data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  },
};
const text = fc.constantFrom('', ' ', 'a', 'é').map((value) => ({ type: 'text' as const, text: value }));
const media = fc.constantFrom<ContentBlock>(
  picture,
  { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
  { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Zeile é 漢\n' }, title: 'a.txt' },
  { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: btoa('%PDF-1.7 x') } },
  { type: 'document', source: { type: 'url', url: 'https://x.test/a.pdf' } },
);
const question = fc.array(fc.oneof(text, media), { minLength: 1, maxLength: 4 });
const output = fc.array(fc.oneof(text, fc.constant(picture)), { maxLength: 3 });

/** A question, perhaps a round of tools, an answer. */
const round = fc.record({
  question,
  thinking: fc.boolean(),
  calls: fc.array(fc.record({ input: fc.constantFrom({}, { a: [1, 'é'] }), output: output as fc.Arbitrary<never[]> }), { maxLength: 3 }),
  said: fc.array(text, { maxLength: 2 }),
});

const conversation = fc.array(round, { minLength: 1, maxLength: 4 }).map((rounds) =>
  rounds.flatMap(({ question: asked, thinking, calls, said }, number): Message[] => {
    const thought: ContentBlock[] = thinking ? [{ type: 'thinking', thinking: 't', signature: 's' }] : [];
    const idOf = (index: number): string => `toolu_${number}_${index}`;
    return [
      { role: 'user', content: [{ type: 'text', text: 'q' }, ...asked] },
      {
        role: 'assistant',
        content: [
          ...thought,
          ...said,
          ...calls.map(({ input }, index) => ({ type: 'tool_use' as const, id: idOf(index), name: 'f', input })),
        ],
      },
      { role: 'user', content: calls.map((call, index) => ({ type: 'tool_result', tool_use_id: idOf(index), content: call.output })) },
      { role: 'assistant', content: [{ type: 'text', text: 'z' }] },
    ];
  }),
);

const readMedia = createMediaReader({}, { tenant: '', maxBytes: 1_000_000, signal: new AbortController().signal, hold: () => {} });

test('sent to chat completions, the messages are the conversation again', async () => {
  await fc.assert(
    fc.asyncProperty(conversation, fc.constantFrom('', 'Be brief.'), async (items, system) => {
      const told: unknown = JSON.parse(JSON.stringify(toChatMessages({ system, items })));
      const { messages } = requestSchema.parse({ model: 'm', messages: told });
      const sources = { openCalls: new Map<string, string>(), media: readMedia, callFault: openaiCallFault };
      const again = await readMessages({ system: [], messages: toRequestMessages(messages) }, sources);
      expect(systemText(again.system)).toBe(system);
      expect(again.messages.map(canonicalMessage)).toEqual(normalizeMessages(items).map(canonicalMessage));
    }),
  );
});

test('a single text is a string, and so is an empty result', () => {
  const items: Message[] = [
    { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: {} }] },
    { role: 'user', content: [{ type: 'text', text: 'next' }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: [] }] },
  ];
  expect(toChatMessages({ system: '', items }).map(({ role, content }) => [role, content])).toEqual([
    ['assistant', null],
    ['tool', ''],
    ['user', 'next'],
  ]);
});

test('nothing is no messages', () => {
  expect(toChatMessages({ system: '', items: [] })).toEqual([]);
});
