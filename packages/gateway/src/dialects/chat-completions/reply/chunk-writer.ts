import type { TurnEnd, TurnEvent } from '../../../turn/turn-event.ts';
import { addUsage, noUsage } from '../../../turn/usage.ts';
import { createCallDeltas, type CallDeltasOptions } from './call-deltas.ts';
import type { ChunkChoice, ChunkDelta, ChunkExtras, CompletionChunk } from './completion-chunk.ts';
import { systemFingerprint, type CompletionIdentity } from '../../openai/completion-identity.ts';
import { inPieces } from '../../openai/openai-sse.ts';
import { toActivityPieces } from './to-activity-pieces.ts';
import { toCompletionUsage, type CompletionUsage } from '../../openai/to-completion-usage.ts';
import { refusalText, toFinishReason, type FinishReason } from './to-finish-reason.ts';

export interface ChunkWriterOptions extends CallDeltasOptions {
  /** Whether a last chunk tells the usage; then every other chunk has `usage: null`. */
  readonly includeUsage: boolean;
  /** The model's name for chunks that are due before the model has answered. */
  readonly requestedModel: string;
  /** Whether the answer was to fit a schema: then a refusal has a place of its own. */
  readonly structured: boolean;
  /** The conversation that the first chunk names; undefined for none. */
  readonly conversationId: string | undefined;
  /** How many turns there are. */
  readonly choices: number;
  /** Whether the activity of agents is told, beside the deltas, and its cost and limit in the last chunk. */
  readonly tellsActivity: boolean;
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
  const calls = Array.from({ length: options.choices }, () => createCallDeltas(options));
  const started = new Set<number>();
  let running = options.choices;
  let costUsd: number | undefined;
  let limit: TurnEnd['limit'];
  let model = options.requestedModel;
  let usage = noUsage;
  let isFirst = true;

  function chunk(choices: readonly ChunkChoice[], chunkUsage: CompletionUsage | null, extras: ChunkExtras = {}): string {
    const conversation = isFirst && options.conversationId !== undefined ? { conversation_id: options.conversationId } : {};
    isFirst = false;
    const made: CompletionChunk = {
      id: identity.id,
      object: 'chat.completion.chunk',
      created: identity.created,
      model,
      system_fingerprint: systemFingerprint,
      choices,
      ...conversation,
      ...extras,
      ...(options.includeUsage && { usage: chunkUsage }),
    };
    return JSON.stringify(made);
  }

  function choice(index: number, delta: ChunkDelta, finishReason: FinishReason | null = null, extras: ChunkExtras = {}): string {
    return chunk([{ index, delta, logprobs: null, finish_reason: finishReason }], null, extras);
  }

  /** Beside the choices: what stands in a delta, clients put together as they like. */
  function activity(index: number, event: Parameters<typeof toActivityPieces>[0]): string[] {
    if (!options.tellsActivity) return [];
    return [...start(index), ...toActivityPieces(event).map((told) => choice(index, {}, null, { activity: told }))];
  }

  /** What the last chunk tells of the agents. */
  function account(): ChunkExtras {
    return options.tellsActivity ? { cost_usd: costUsd, limit } : {};
  }

  function finish(index: number, event: TurnEnd): string[] {
    running -= 1;
    limit ??= event.limit;
    const isLast = running === 0 && !options.includeUsage;
    const refusal = event.refusal ?? (options.structured && event.reason === 'refusal' ? refusalText : undefined);
    return [
      ...tell(index, refusal === undefined ? [] : inPieces(refusal).map((piece) => ({ refusal: piece }))),
      choice(index, {}, toFinishReason(event.reason, options), isLast ? account() : {}),
    ];
  }

  function start(index: number): string[] {
    if (started.has(index)) return [];
    started.add(index);
    return [choice(index, { role: 'assistant', content: '' })];
  }

  function tell(index: number, deltas: readonly ChunkDelta[]): string[] {
    return deltas.map((delta) => choice(index, delta));
  }

  function write(event: TurnEvent, index: number): string[] {
    switch (event.type) {
      case 'turn-start':
        // Every chunk of a stream names the same model: once one is out, its name stays.
        if (started.size === 0) model = event.model;
        // The role goes out with what follows: one write less before the first token.
        return [];
      case 'text-delta':
        return [...start(index), ...inPieces(event.text).map((content) => choice(index, { content }))];
      case 'thinking-delta':
        return [...start(index), ...inPieces(event.thinking).map((text) => choice(index, { reasoning_content: text }))];
      case 'block-start': {
        const { block } = event;
        // Of other blocks the pieces are told.
        return block.type === 'tool_use' ? [...start(index), ...tell(index, [calls[index]?.start(block.id, block.name) ?? {}])] : [];
      }
      case 'input-delta':
        return tell(index, calls[index]?.add(event.json) ?? []);
      case 'block-end':
        return tell(index, calls[index]?.end() ?? []);
      case 'citation':
      case 'signature':
      case 'call-start':
      case 'calls-end':
        return [];
      case 'activity-start':
      case 'activity-end':
        return activity(index, event);
      case 'usage':
        usage = addUsage(usage, event.usage);
        if (event.costUsd !== undefined) costUsd = (costUsd ?? 0) + event.costUsd;
        return [];
      case 'turn-end':
        return [...start(index), ...finish(index, event)];
    }
  }

  return {
    write,
    idle: () => (started.size > 0 ? [choice(0, {})] : start(0)),
    end: () => (options.includeUsage ? [chunk([], toCompletionUsage(usage), account())] : []),
  };
}
