import type { CachedAnswer } from '../ports/response-cache.ts';
import { callBlock, textBlock } from '../turn/block-events.ts';
import { noUsage } from '../turn/usage.ts';

/** Keys that some parsers leave out. */
const withOddKeys: Readonly<Record<string, unknown>> = Object.fromEntries([
  ['__proto__', { a: 1 }],
  ['constructor', { prototype: 1 }],
]);

/** An answer of which a careless storage would change something. */
export const oddAnswer: CachedAnswer = {
  storedAt: 1_700_000_000_123,
  events: [
    { type: 'turn-start', model: 'claude-sonnet-5-5', usage: noUsage },
    { type: 'block-start', index: 0, block: { type: 'thinking' } },
    { type: 'thinking-delta', index: 0, thinking: 'Hm… "so"?\u2028' },
    { type: 'signature', index: 0, signature: 'c2lnbmF0dXJl==' },
    { type: 'block-end', index: 0 },
    { type: 'block-start', index: 1, block: { type: 'redacted_thinking', data: 'c2VjcmV0' } },
    { type: 'block-end', index: 1 },
    ...textBlock(2, ['{"a":1}', '[1]', 'null', 'true', '12', '"x"', '', ' \n\t\0', 'é€😀', '\uD83D', '$&:/..']),
    {
      type: 'block-start',
      index: 3,
      block: { type: 'other', block: { type: 'of_the_future', deep: { list: [1, null, true, 'é', {}] }, '': 0 } },
    },
    { type: 'block-end', index: 3 },
    ...callBlock(4, { id: 'toolu_1', name: 'look' }, ['{"at":"{\\"b\\":[1e3,null]}"}']),
    ...callBlock(5, { id: 'toolu_2', name: 'rest' }, []),
    { type: 'block-start', index: 6, block: { type: 'other', block: withOddKeys } },
    { type: 'block-end', index: 6 },
    { type: 'turn-end', reason: 'stop_sequence', stopSequence: '\n\0' },
  ],
};
