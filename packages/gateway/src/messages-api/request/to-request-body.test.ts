import type { ContentBlock } from '../../turn/content-block.ts';
import { toApiBlock } from './to-request-body.ts';
import { expect, test } from 'vitest';

const mark = { cache_control: { type: 'ephemeral' } };

test.each<[string, ContentBlock, object]>([
  ['a block as it is', { type: 'text', text: 'a' }, { type: 'text', text: 'a' }],
  [
    'fields that are only passed on beside the others',
    { type: 'document', source: { type: 'url', url: 'https://example.org/a.pdf' }, extra: { ...mark, citations: { enabled: true } } },
    { type: 'document', source: { type: 'url', url: 'https://example.org/a.pdf' }, ...mark, citations: { enabled: true } },
  ],
  [
    'a block of another type as it came',
    { type: 'other', block: { type: 'search_result', title: 't' } },
    { type: 'search_result', title: 't' },
  ],
  [
    'what a result holds likewise',
    { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'other', block: { type: 'search_result' } }], is_error: true, extra: mark },
    { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'search_result' }], is_error: true, ...mark },
  ],
  [
    'a call without the text of its arguments',
    { type: 'tool_use', id: 'a', name: 'n', input: { x: '1' }, json: '{"x":1}' },
    { type: 'tool_use', id: 'a', name: 'n', input: { x: '1' } },
  ],
])('the API gets %s', (_, block, expected) => {
  expect(JSON.stringify(toApiBlock(block))).toBe(JSON.stringify(expected));
});
