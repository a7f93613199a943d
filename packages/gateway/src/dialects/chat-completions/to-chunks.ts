import type { TurnEvent } from '../../turn/turn-event.ts';
import { systemFingerprint, type CompletionIdentity } from './completion-identity.ts';
import { toCompletionUsage } from './to-completion-usage.ts';
import { toFinishReason, type FinishReason } from './to-finish-reason.ts';

export interface ChunkOptions {
  /** Whether a last chunk tells the usage; then every other chunk has `usage: null`. */
  readonly includeUsage: boolean;
  /** The model's name for chunks that are due before the model has answered. */
  readonly requestedModel: string;
}

interface ChunkDelta {
  readonly role?: 'assistant';
  readonly content?: string;
}

export interface ChunkWriter {
  /** The chunks, as JSON, that an event gives rise to. */
  write(event: TurnEvent): string[];
  /** A chunk that says nothing, to keep a connection alive. Before anything else it is the role chunk. */
  idle(): string[];
}

/** Makes the chunks of one stream: the role first, then the deltas, one finish, and the usage when it was asked for. */
export function createChunkWriter(identity: CompletionIdentity, options: ChunkOptions): ChunkWriter {
  let model = options.requestedModel;
  let started = false;
  let usage: object | undefined;

  function chunk(choices: readonly object[], chunkUsage: object | null): string {
    return JSON.stringify({
      id: identity.id,
      object: 'chat.completion.chunk',
      created: identity.created,
      model,
      system_fingerprint: systemFingerprint,
      choices,
      ...(options.includeUsage && { usage: chunkUsage }),
    });
  }

  function choice(delta: ChunkDelta, finishReason: FinishReason | null = null): string {
    return chunk([{ index: 0, delta, logprobs: null, finish_reason: finishReason }], null);
  }

  function start(): string[] {
    if (started) return [];
    started = true;
    return [choice({ role: 'assistant', content: '' })];
  }

  return {
    write(event) {
      switch (event.type) {
        case 'turn-start':
          // Every chunk of a stream names the same model: once one is out, its name stays.
          if (!started) model = event.model;
          return start();
        case 'text-delta':
          return [choice({ content: event.text })];
        case 'usage':
          usage = toCompletionUsage(event.usage);
          return [];
        case 'turn-end':
          return [choice({}, toFinishReason(event.reason)), ...(options.includeUsage && usage ? [chunk([], usage)] : [])];
      }
    },
    idle: () => (started ? [choice({})] : start()),
  };
}
