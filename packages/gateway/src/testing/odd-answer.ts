import type { CachedAnswer } from '../ports/response-cache.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
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
    { type: 'reasoning-delta', text: 'Hm… "so"?\u2028' },
    ...['{"a":1}', '[1]', 'null', 'true', '12', '"x"', '', ' \n\t\0', 'é€😀', '\uD83D', '$&:/..'].map((text): TurnEvent => ({
      type: 'text-delta',
      text,
    })),
    { type: 'tool-call-start', id: 'toolu_1', name: 'look' },
    { type: 'tool-call-delta', json: '{"at":"{\\"b\\":[1e3,null]}"}' },
    { type: 'tool-call-start', id: 'toolu_2', name: 'rest' },
    {
      type: 'turn-end',
      reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: 'Hm… "so"?\u2028', signature: 'c2lnbmF0dXJl==' },
        { type: 'redacted_thinking', data: 'c2VjcmV0' },
        { type: 'text', text: '{"a":1}' },
        {
          type: 'tool_use',
          id: 'toolu_1',
          name: 'look',
          input: { at: '{"b":[1e3,null]}', deep: { list: [1, null, true, 'é', {}] }, '': 0 },
        },
        { type: 'tool_use', id: 'toolu_2', name: 'rest', input: withOddKeys },
      ],
    },
  ],
};
