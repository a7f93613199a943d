import * as fc from 'fast-check';

const text = fc.constantFrom('hi', 'Füße 🦶', ' ', 'two\nlines');
const item = fc.oneof(
  fc
    .tuple(fc.constantFrom('user', 'assistant', 'system', 'developer'), text)
    .map(([role, content]): object => ({ type: 'message', role, content })),
  text.map((value): object => ({ role: 'user', content: [{ type: 'input_text', text: value }] })),
  text.map((value): object => ({
    type: 'message',
    role: 'assistant',
    content: [
      { type: 'output_text', text: value },
      { type: 'refusal', refusal: 'no' },
    ],
  })),
  fc.constant<object>({ role: 'user', content: [{ type: 'input_image', image_url: 'https://example.com/a.png' }] }),
  fc.constant<object>({ role: 'user', content: [{ type: 'input_file', file_data: 'SGVsbG8=', filename: 'a.txt' }] }),
  fc.constant<object>({ type: 'function_call', call_id: 'call_1', name: 'look_up', arguments: '{"a":1}' }),
  text.map((output): object => ({ type: 'function_call_output', call_id: 'call_1', output })),
);
const items = fc.array(item, { minLength: 1, maxLength: 4 });
const metadata = fc.constantFrom<object>({}, { topic: 'tests' }, { a: '', b: 'x'.repeat(512) });

/** Bodies that begin a conversation, add items to one, or change its metadata. */
export const validConversationBody = {
  create: fc.record({ metadata, items }, { requiredKeys: [] }) as fc.Arbitrary<object>,
  update: fc.record({ metadata }) as fc.Arbitrary<object>,
  addItems: fc.record({ items }) as fc.Arbitrary<object>,
};
