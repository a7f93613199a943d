import type { TurnEvent } from '../../../turn/turn-event.ts';
import { noUsage, type Usage } from '../../../turn/usage.ts';
import { createCustomInput } from './custom-input.ts';
import { createActivityGatherer, type TurnActivity } from './activity-gatherer.ts';
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

export interface GatheredTurn extends TurnActivity {
  readonly model: string;
  readonly usage: Usage;
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
  let model = '';
  let content = '';
  let reasoning = '';
  let usage = noUsage;
  let finishReason: FinishReason = 'stop';
  let refused = false;
  let refusal: string | null = null;
  const calls: { id: string; name: string; json: string }[] = [];
  const agent = createActivityGatherer();
  for await (const event of events) {
    agent.add(event);
    switch (event.type) {
      case 'turn-start':
        model = event.model;
        break;
      case 'text-delta':
        content += event.text;
        break;
      case 'reasoning-delta':
        reasoning += event.text;
        break;
      case 'tool-call-start':
        calls.push({ id: event.id, name: event.name, json: '' });
        break;
      case 'tool-call-delta': {
        const call = calls.at(-1);
        if (call !== undefined) call.json += event.json;
        break;
      }
      case 'activity-start':
      case 'activity-end':
        // The agent's, above.
        break;
      case 'usage':
        usage = event.usage;
        break;
      case 'turn-end':
        finishReason = toFinishReason(event.reason, options);
        refused = options.structured && event.reason === 'refusal';
        refusal = event.refusal ?? (refused ? refusalText : null);
        break;
    }
  }
  const toolCalls = calls.map(({ id, name, json }): FunctionCall | CustomCall =>
    options.customTools.has(name)
      ? { id, type: 'custom', custom: { name, input: inputOf(json) } }
      : { id, type: 'function', function: { name, arguments: json } },
  );
  const [first] = toolCalls;
  return {
    ...agent.gathered(),
    model,
    usage,
    choice: {
      index: options.index,
      message: {
        role: 'assistant',
        content: refused || (content === '' && toolCalls.length > 0) ? null : content,
        refusal,
        annotations: [],
        ...(reasoning !== '' && { reasoning_content: reasoning }),
        ...(first !== undefined &&
          (options.functionCall && first.type === 'function' ? { function_call: first.function } : { tool_calls: toolCalls })),
      },
      logprobs: null,
      finish_reason: finishReason,
    },
  };
}

function inputOf(json: string): string {
  const input = createCustomInput();
  return input.add(json) + input.end();
}
