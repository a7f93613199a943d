import { callBlock, textBlock, thinkingBlock } from '../turn/block-events.ts';
import type { Turn } from '../turn/turn.ts';
import type { StartedBlock, TurnEnd, TurnEvent } from '../turn/turn-event.ts';
import { noUsage, type Usage } from '../turn/usage.ts';
import type { ScriptEvent } from './script-blocks.ts';

/** What is said in a turn, and how it ends. */
export interface SampleTurn {
  /** The events of the turn, without its start, its usage and its end. */
  readonly says: readonly ScriptEvent[];
  readonly end?: Partial<TurnEnd>;
}

/** A turn that asks no more than `hi`, of the model `sonnet`. */
export const plainTurn: Turn = {
  model: 'sonnet',
  system: [],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  sampling: {},
  thinking: { type: 'off' },
  tenant: '',
};

/** A scripted runner knows it; ask for it, since a stream may have to name its model before the answer has begun. */
export const sampleModel = 'claude-sonnet-5-5';

/** The usage of each sample; no two numbers are alike. */
export const sampleUsage: Usage = {
  inputTokens: 2,
  cacheReadTokens: 3,
  cacheWriteTokens: 5,
  cacheWriteHourTokens: 1,
  outputTokens: 70,
  reasoningTokens: 11,
};

/** Characters that are of some meaning where a text is framed. */
export const sampleOddText = '\n\ndata: [DONE]\n\n \r"\\\u2028é€😀\u0000';

const call = { id: 'toolu_1', name: 'look' };
const whole = (index: number, block: StartedBlock): TurnEvent[] => [
  { type: 'block-start', index, block },
  { type: 'block-end', index },
];
const said = textBlock(0, ['Hello ', 'world']);
const search = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} };
const found = { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] };
const citation = { type: 'char_location', cited_text: 'so', document_index: 0, start_char_index: 0, end_char_index: 2 };

/** All that a turn can be: a dialect says how it tells each. */
export const sampleTurns = {
  text: { says: said },
  nothing: { says: [] },
  oddText: { says: textBlock(0, [sampleOddText]) },
  longText: { says: textBlock(0, ['😀'.repeat(3000)]) },
  twoTexts: { says: [...textBlock(0, ['One. ']), ...textBlock(1, ['Two.'])] },
  cited: { says: [...textBlock(0, ['so']).slice(0, -1), { type: 'citation', index: 0, citation }, { type: 'block-end', index: 0 }] },
  thinking: { says: [...thinkingBlock(0, ['Let me ', 'see'], 'c2ln'), ...textBlock(1, ['So'])] },
  hiddenThinking: { says: [...whole(0, { type: 'redacted_thinking', data: 'c2VjcmV0' }), ...textBlock(1, ['So'])] },
  call: {
    says: [...textBlock(0, ['I look.']), ...callBlock(1, call, ['{"at":', '"Rome"', '}'])],
    end: { reason: 'tool_use' },
  },
  callWithoutArguments: { says: callBlock(0, call, []), end: { reason: 'tool_use' } },
  calls: {
    says: [...callBlock(0, call, ['{"at":"Rome"}']), ...callBlock(1, { id: 'toolu_2', name: 'rest' }, ['{}'])],
    end: { reason: 'tool_use' },
  },
  others: {
    says: [
      { type: 'block-start', index: 0, block: { type: 'other', block: search } },
      { type: 'input-delta', index: 0, json: '{"query":"x"}' },
      { type: 'block-end', index: 0 },
      ...whole(1, { type: 'other', block: found }),
      ...textBlock(2, ['Found']),
    ],
  },
  acting: {
    says: [
      ...textBlock(0, ['I read. ']),
      { type: 'activity-start', id: 'a', name: 'Read', input: { file: 'x' } },
      { type: 'activity-end', id: 'a', result: 'text', isError: false, denied: false },
      ...textBlock(1, ['Done.']),
    ],
  },
  maxTokens: { says: said, end: { reason: 'max_tokens' } },
  contextWindow: { says: said, end: { reason: 'context_window' } },
  stopSequence: { says: said, end: { reason: 'stop_sequence', stopSequence: 'END' } },
  pause: { says: said, end: { reason: 'pause_turn' } },
  refusal: { says: said, end: { reason: 'refusal', refusal: 'It would do harm.' } },
  refusalWithoutReason: { says: textBlock(0, []), end: { reason: 'refusal' } },
} satisfies Readonly<Record<string, SampleTurn>>;

/** The names of the sample turns. */
export type SampleTurnName = keyof typeof sampleTurns;

/** The whole turn: its start, what is said, its usage and its end. */
export function toScript({ says, end = {} }: SampleTurn): ScriptEvent[] {
  return [
    { type: 'turn-start', model: sampleModel, usage: noUsage },
    ...says,
    { type: 'usage', usage: sampleUsage },
    { type: 'turn-end', reason: 'end_turn', ...end },
  ];
}
