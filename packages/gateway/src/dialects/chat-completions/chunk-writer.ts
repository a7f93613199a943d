import type { TurnEvent } from '../../turn/turn-event.ts';
import { addUsage, noUsage } from '../../turn/usage.ts';
import { systemFingerprint, type CompletionIdentity } from './completion-identity.ts';
import { toCompletionUsage } from './to-completion-usage.ts';
import { refusalText, toFinishReason, type FinishReason } from './to-finish-reason.ts';

export interface ChunkWriterOptions {
  /** Whether a last chunk tells the usage; then every other chunk has `usage: null`. */
  readonly includeUsage: boolean;
  /** The model's name for chunks that are due before the model has answered. */
  readonly requestedModel: string;
  /** Whether calls are told in the older form. */
  readonly functionCall: boolean;
  /** Whether the answer was to fit a schema: then a refusal has a place of its own. */
  readonly structured: boolean;
  /** The conversation that the first chunk names; undefined for none. */
  readonly conversationId: string | undefined;
}

export interface ChunkWriter {
  /** The chunks, as JSON, that an event of a choice's turn gives rise to. */
  write(event: TurnEvent, index: number): string[];
  /** A chunk that says nothing, to keep a connection alive. Before anything else it is the role chunk. */
  idle(): string[];
  /** What is left to say when all turns have ended. */
  end(): string[];
}

/** Makes the chunks of one stream: for each choice the role first, then the deltas, one finish; the usage at the end. */
export function createChunkWriter(identity: CompletionIdentity, options: ChunkWriterOptions): ChunkWriter {
  const calls = new Map<number, number>();
  const started = new Set<number>();
  let model = options.requestedModel;
  let usage = noUsage;
  let isFirst = true;

  function chunk(choices: readonly object[], chunkUsage: object | null): string {
    const conversation = isFirst && options.conversationId !== undefined ? { conversation_id: options.conversationId } : {};
    isFirst = false;
    return JSON.stringify({
      id: identity.id,
      object: 'chat.completion.chunk',
      created: identity.created,
      model,
      system_fingerprint: systemFingerprint,
      choices,
      ...conversation,
      ...(options.includeUsage && { usage: chunkUsage }),
    });
  }

  function choice(index: number, delta: object, finishReason: FinishReason | null = null): string {
    return chunk([{ index, delta, logprobs: null, finish_reason: finishReason }], null);
  }

  function start(index: number): string[] {
    if (started.has(index)) return [];
    started.add(index);
    return [choice(index, { role: 'assistant', content: '' })];
  }

  /** The identity of a call goes out once; what follows is only its arguments. */
  function callStart(index: number, id: string, name: string): object {
    const call = calls.get(index) ?? 0;
    calls.set(index, call + 1);
    if (options.functionCall) return { function_call: { name, arguments: '' } };
    return { tool_calls: [{ index: call, id, type: 'function', function: { name, arguments: '' } }] };
  }

  function callDelta(index: number, json: string): object {
    if (options.functionCall) return { function_call: { arguments: json } };
    return { tool_calls: [{ index: (calls.get(index) ?? 1) - 1, function: { arguments: json } }] };
  }

  return {
    write(event, index) {
      switch (event.type) {
        case 'turn-start':
          // Every chunk of a stream names the same model: once one is out, its name stays.
          if (started.size === 0) model = event.model;
          // The role goes out with what follows: one write less before the first token.
          return [];
        case 'text-delta':
          return [...start(index), choice(index, { content: event.text })];
        case 'reasoning-delta':
          return [...start(index), choice(index, { reasoning_content: event.text })];
        case 'tool-call-start':
          return [...start(index), choice(index, callStart(index, event.id, event.name))];
        case 'tool-call-delta':
          return [choice(index, callDelta(index, event.json))];
        case 'usage':
          usage = addUsage(usage, event.usage);
          return [];
        case 'turn-end':
          return [
            ...start(index),
            ...(options.structured && event.reason === 'refusal' ? [choice(index, { refusal: refusalText })] : []),
            choice(index, {}, toFinishReason(event.reason, options)),
          ];
      }
    },
    idle: () => (started.size > 0 ? [choice(0, {})] : start(0)),
    end: () => (options.includeUsage ? [chunk([], toCompletionUsage(usage))] : []),
  };
}
