import type { ClaudeRunner } from '../ports/claude-runner.ts';
import type { Turn } from '../turn/turn.ts';
import { estimateInput } from './estimate-input.ts';

export interface InputCount {
  readonly tokens: number;
  /** Says whether they were counted or estimated. */
  readonly headers: { readonly 'x-token-count': 'counted' | 'estimated' };
}

export interface CountInputOptions {
  readonly runner: Pick<ClaudeRunner, 'countTokens'>;
  /** Whether the turn is all that the model would hear: a part of a conversation can't be asked for. */
  readonly isWhole: boolean;
  readonly signal: AbortSignal;
}

/**
 * Counts a turn's input tokens where the runner can, and estimates them elsewhere.
 *
 * @throws {GatewayError} What keeps a runner that can count from it.
 */
export async function countInput(turn: Turn, { runner, isWhole, signal }: CountInputOptions): Promise<InputCount> {
  const counted = isWhole ? await runner.countTokens?.(turn, signal) : undefined;
  return { tokens: counted ?? estimateInput(turn), headers: { 'x-token-count': counted === undefined ? 'estimated' : 'counted' } };
}
