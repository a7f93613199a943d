import type { ContentBlock } from '../../turn/content-block.ts';

/** Texts that stores may take for something else. */
export const oddTexts: readonly string[] = [
  '123',
  'null',
  'true',
  '{"a":1}',
  '[1,2]',
  '"quoted"',
  '',
  ' ',
  'NaN',
  'base64:AAAA',
  '\u0000\u2028\u2029\ufeff',
  'é🦊漢字',
  '\ud800',
  '\r\n\t',
  '{"__proto__":{"a":1}}',
  'x'.repeat(1_000_000),
];

/** Ids that no conversation has. */
export const oddIds: readonly string[] = [
  '',
  '.',
  '..',
  'a/b',
  'a:b',
  '../x',
  '__proto__',
  'constructor',
  'a b',
  'a\u0000b',
  'é',
  '*',
  'x'.repeat(5000),
];

/** Tenants that stores may take for others. */
export const oddTenants: readonly string[] = ['', 'a', 'a:b', 'a/b', 'a\\b', '../x', '__proto__', '*', '?', 'é', '🦊', 'x'.repeat(10_000)];

const picture = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } as const;

/** A block of every kind. */
export const allBlocks: readonly ContentBlock[] = [
  { type: 'text', text: 'text' },
  { type: 'image', source: picture },
  { type: 'image', source: { type: 'url', url: 'https://example.com/a.png?b=c' } },
  { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'plain' }, title: 'A title' },
  { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } },
  { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
  { type: 'redacted_thinking', data: 'ZGF0YQ==' },
  {
    type: 'tool_use',
    id: 'toolu_1',
    name: 'f',
    input: { a: [1, null, { b: '{}' }], ['__proto__']: { c: 1 }, constructor: { prototype: 1 } },
  },
  { type: 'tool_use', id: 'toolu_2', name: 'g', input: {} },
  {
    type: 'tool_result',
    tool_use_id: 'toolu_1',
    content: [
      { type: 'text', text: '1' },
      { type: 'image', source: picture },
    ],
    is_error: true,
  },
  { type: 'tool_result', tool_use_id: 'toolu_2', content: [] },
];
