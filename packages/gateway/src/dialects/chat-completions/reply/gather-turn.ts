import type { TurnEvent } from '../../../turn/turn-event.ts';
import { gatherAnswer, textOf, type TurnAnswer } from '../../../turn/fold-turn.ts';
import { createCustomInput } from '../../openai/custom-input.ts';
import { refusalText, toFinishReason, type FinishReason } from './to-finish-reason.ts';

export interface FunctionCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface CustomCall {
  readonly id: string;
  readonly type: 'custom';
  readonly custom: { readonly name: string; readonly input: string };
}

export interface Choice {
  readonly index: number;
  readonly message: {
    readonly role: 'assistant';
    readonly content: string | null;
    readonly refusal: string | null;
    readonly annotations: readonly [];
    readonly reasoning_content?: string;
    readonly tool_calls?: readonly (FunctionCall | CustomCall)[];
    readonly function_call?: FunctionCall['function'];
  };
  readonly logprobs: null;
  readonly finish_reason: FinishReason;
}

export interface GatheredTurn {
  readonly answer: TurnAnswer;
  readonly choice: Choice;
}

export interface GatherOptions {
  readonly index: number;
  /** Whether calls are told in the older form. */
  readonly functionCall: boolean;
  /** Whether the answer was to fit a schema: then a refusal has a place of its own. */
  readonly structured: boolean;
  /** The tools whose calls are told with a text. */
  readonly customTools: ReadonlySet<string>;
}

/** Gathers a whole turn into one choice of a completion. */
export async function gatherTurn(events: AsyncIterable<TurnEvent>, options: GatherOptions): Promise<GatheredTurn> {
  const answer = await gatherAnswer(events);
  const { reason = 'end_turn', refusal } = answer.end ?? {};
  const refused = options.structured && reason === 'refusal';
  const content = textOf(answer, 'text');
  const reasoning = textOf(answer, 'thinking');
  const toolCalls = toToolCalls(answer, options.customTools);
  const [first] = toolCalls;
  return {
    answer,
    choice: {
      index: options.index,
      message: {
        role: 'assistant',
        content: refused || (content === '' && toolCalls.length > 0) ? null : content,
        refusal: refusal ?? (refused ? refusalText : null),
        annotations: [],
        ...(reasoning !== '' && { reasoning_content: reasoning }),
        ...(first !== undefined &&
          (options.functionCall && first.type === 'function' ? { function_call: first.function } : { tool_calls: toolCalls })),
      },
      logprobs: null,
      finish_reason: toFinishReason(reason, options),
    },
  };
}

function toToolCalls({ blocks }: TurnAnswer, customTools: ReadonlySet<string>): (FunctionCall | CustomCall)[] {
  return blocks.flatMap(({ started, text }) => {
    if (started.type !== 'tool_use') return [];
    const { id, name } = started;
    return customTools.has(name)
      ? { id, type: 'custom' as const, custom: { name, input: inputOf(text) } }
      : { id, type: 'function' as const, function: { name, arguments: text } };
  });
}

function inputOf(json: string): string {
  const input = createCustomInput();
  return input.add(json) + input.end();
}
