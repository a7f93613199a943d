import { createCustomInput, type CustomInput } from '../../openai/custom-input.ts';
import type { ChunkDelta } from './completion-chunk.ts';
import { inPieces } from '../../openai/openai-sse.ts';

export interface CallDeltasOptions {
  /** Whether calls are told in the older form. */
  readonly functionCall: boolean;
  /** The tools whose calls are told with a text. */
  readonly customTools: ReadonlySet<string>;
}

/** The deltas that tell the calls of one choice. */
export interface CallDeltas {
  /** The identity of a call goes out once; what follows is only its arguments. */
  start(id: string, name: string): ChunkDelta;
  /** Takes a piece of arguments; gives nothing where no call is being told. */
  add(json: string): ChunkDelta[];
  /** What is left to tell of the last call, which is over. */
  end(): ChunkDelta[];
}

export function createCallDeltas({ functionCall, customTools }: CallDeltasOptions): CallDeltas {
  let index = -1;
  let isOpen = false;
  let input: CustomInput | undefined;

  function told(text: string): ChunkDelta[] {
    if (text === '') return [];
    return inPieces(text).map((piece) => {
      if (functionCall) return { function_call: { arguments: piece } };
      return { tool_calls: [{ index, ...(input === undefined ? { function: { arguments: piece } } : { custom: { input: piece } }) }] };
    });
  }

  return {
    start(id, name) {
      index += 1;
      isOpen = true;
      input = customTools.has(name) ? createCustomInput() : undefined;
      if (functionCall) return { function_call: { name, arguments: '' } };
      if (input !== undefined) return { tool_calls: [{ index, id, type: 'custom', custom: { name, input: '' } }] };
      return { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] };
    },
    add: (json) => (isOpen ? told(input === undefined ? json : input.add(json)) : []),
    end() {
      const deltas = told(input?.end() ?? '');
      isOpen = false;
      input = undefined;
      return deltas;
    },
  };
}
