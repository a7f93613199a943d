import * as fc from 'fast-check';

/** Lines as a CLI writes them for one turn, before anything is done to them. */
type Line = Record<string, unknown>;

const event = (value: Line, parent: string | null = null): Line => ({ type: 'stream_event', parent_tool_use_id: parent, event: value });
const usage = { input_tokens: 10, cache_creation_input_tokens: 0, cache_read_input_tokens: 3, output_tokens: 5 };

interface Block {
  readonly start: Line;
  readonly deltas: readonly Line[];
}

const words = fc.array(fc.constantFrom('Hello', ' world', 'é', '🦶', '\n', '\u2028', '', 'x'.repeat(3000)), { minLength: 1, maxLength: 5 });
const textBlock = words.map((all): Block => ({
  start: { type: 'text', text: '' },
  deltas: all.map((text) => ({ type: 'text_delta', text })),
}));
const thinkingBlock = words.map((all): Block => ({
  start: { type: 'thinking', thinking: '', signature: '' },
  deltas: [...all.map((thinking) => ({ type: 'thinking_delta', thinking })), { type: 'signature_delta', signature: 'bW9jaw==' }],
}));
const redactedBlock = fc.constant<Block>({ start: { type: 'redacted_thinking', data: 'bW9jaw==' }, deltas: [] });

function callBlock(names: readonly string[]): fc.Arbitrary<Block> {
  return fc
    .tuple(fc.constantFrom(...names), fc.nat(5), fc.constantFrom(['{"a"', ':1}'], [''], ['{"a":'], ['[]']))
    .map(([name, id, pieces]) => ({
      start: { type: 'tool_use', id: `toolu_${id}`, name, input: {} },
      deltas: pieces.map((json) => ({ type: 'input_json_delta', partial_json: json })),
    }));
}

function answerLines(blocks: readonly Block[], stopReason: string | null, parent: string | null = null): Line[] {
  return [
    event({ type: 'message_start', message: { id: 'msg_1', role: 'assistant', model: 'claude-fake', content: [], usage } }, parent),
    ...blocks.flatMap(({ start, deltas }, index) => [
      event({ type: 'content_block_start', index, content_block: start }, parent),
      ...deltas.map((delta) => event({ type: 'content_block_delta', index, delta }, parent)),
      { type: 'assistant', uuid: `uuid-${index}`, parent_tool_use_id: parent, message: { role: 'assistant', content: [start] } },
      event({ type: 'content_block_stop', index }, parent),
    ]),
    event({ type: 'message_delta', delta: { stop_reason: stopReason, stop_sequence: null }, usage }, parent),
    event({ type: 'message_stop' }, parent),
  ];
}

const success: Line = { type: 'result', subtype: 'success', is_error: false, num_turns: 1, result: 'Hello', total_cost_usd: 0.01 };
const failures: readonly Line[] = [
  { ...success, is_error: true, api_error_status: 529, result: 'API Error: 529 Overloaded' },
  { ...success, is_error: true, api_error_status: 429 },
  { ...success, is_error: true, api_error_status: null, terminal_reason: 'prompt_too_long' },
  { type: 'result', subtype: 'error_during_execution', is_error: true, num_turns: 0 },
  { type: 'result', subtype: 'error_max_turns', is_error: false, num_turns: 3 },
];
const stopReasons = fc.constantFrom(
  'end_turn',
  'end_turn',
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'refusal',
  'pause_turn',
  null,
);

/** A turn of the pure model. */
export const modelTurn: fc.Arbitrary<Line[]> = fc
  .tuple(
    fc.array(fc.oneof(textBlock, textBlock, thinkingBlock, redactedBlock, callBlock(['look_up', 'unknown'])), { maxLength: 3 }),
    stopReasons,
    fc.oneof({ weight: 5, arbitrary: fc.constant(success) }, { weight: 1, arbitrary: fc.constantFrom(...failures) }),
  )
  .map(([blocks, stopReason, result]) => [...answerLines(blocks, stopReason), result]);

const init: Line = { type: 'system', subtype: 'init', model: 'claude-fake', mcp_servers: [{ name: 'client', status: 'connected' }] };

/** A step of an agent: it calls tools, of its own for the most part, and gets their results. */
const step = fc
  .tuple(fc.array(fc.oneof(textBlock, callBlock(['Read', 'Bash']), callBlock(['Read', 'look_up'])), { maxLength: 3 }), fc.boolean())
  .map(([blocks, isError]): Line[] => {
    const calls = blocks.flatMap(({ start }) => (start['type'] === 'tool_use' ? [start] : []));
    return [
      ...answerLines(blocks, 'tool_use'),
      ...calls.flatMap((call): Line[] => [
        {
          type: 'control_request',
          request_id: `ask-${String(call['id'])}`,
          request: { subtype: 'can_use_tool', tool_name: call['name'], tool_use_id: call['id'], input: {} },
        },
        {
          type: 'user',
          parent_tool_use_id: null,
          message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: call['id'], content: 'a result', is_error: isError }] },
        },
      ]),
    ];
  });
/** What a subagent says, which is no part of the answer. */
const aside = textBlock.map((block) => answerLines([block], 'end_turn', 'toolu_1'));

/** A turn of an agent: any number of steps, then an answer. */
export const agentTurn: fc.Arbitrary<Line[]> = fc
  .tuple(fc.array(fc.oneof({ weight: 3, arbitrary: step }, { weight: 1, arbitrary: aside }), { maxLength: 4 }), modelTurn)
  .map(([steps, last]) => [init, ...steps.flat(), ...last]);
