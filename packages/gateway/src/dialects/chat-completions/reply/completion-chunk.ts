import type { Activity } from '../../../turn/fold-turn.ts';
import type { TurnEnd } from '../../../turn/turn-event.ts';
import type { CompletionUsage } from '../../openai/to-completion-usage.ts';
import type { FinishReason } from './to-finish-reason.ts';

/**
 * A chunk of a stream.
 *
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export interface CompletionChunk extends ChunkExtras {
  readonly id: string;
  readonly object: 'chat.completion.chunk';
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint: string;
  /** One, and none in the chunk that tells the usage. */
  readonly choices: readonly ChunkChoice[];
  /** The conversation that the turn is part of: in the first chunk. */
  readonly conversation_id?: string;
  /** Where the request wants it: null in all chunks but the last. */
  readonly usage?: CompletionUsage | null;
}

/** What is told beside the choices, where the request wants to know of the agents' activity. */
export interface ChunkExtras {
  readonly activity?: ActivityPiece;
  /** US dollars, where they are known. */
  readonly cost_usd?: number | undefined;
  readonly limit?: TurnEnd['limit'];
}

export interface ActivityPiece extends Partial<Omit<Activity, 'id' | 'status'>> {
  readonly id: string;
  /** A piece of the JSON of a long input. */
  readonly input_json?: string;
  readonly status: Activity['status'] | 'running';
}

export interface ChunkChoice {
  readonly index: number;
  readonly delta: ChunkDelta;
  readonly logprobs: null;
  readonly finish_reason: FinishReason | null;
}

export interface ChunkDelta {
  readonly role?: 'assistant';
  readonly content?: string;
  readonly refusal?: string;
  readonly reasoning_content?: string;
  /** A call in the older form. */
  readonly function_call?: { readonly name?: string; readonly arguments: string };
  readonly tool_calls?: readonly (FunctionCallDelta | CustomCallDelta)[];
}

export interface FunctionCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: 'function';
  readonly function: { readonly name?: string; readonly arguments: string };
}

/** A call of a custom tool. OpenAI's streams have no form for it; this is that of whole answers. */
export interface CustomCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: 'custom';
  readonly custom: { readonly name?: string; readonly input: string };
}
