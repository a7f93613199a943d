import type { Effort } from '../turn/reasoning.ts';
import type { Turn } from '../turn/turn.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import type { Usage } from '../turn/usage.ts';

/** What stands between the gateway and Claude. The contract suite in `@claude-code-api/gateway/testing` says it in tests. */
export interface ClaudeRunner {
  /** The version of this interface. `createGateway` takes no other. */
  readonly specificationVersion: 1;
  /**
   * Runs one turn. Iterating starts it; leaving the iteration, or aborting the signal, stops it at once.
   *
   * @param spending Is told what the turn costs before it tells so itself, for turns that are cut.
   * @throws {GatewayError} What failed, ready for the caller; on an abort, the signal's reason.
   */
  run(turn: Turn, signal: AbortSignal, spending?: TurnSpending): AsyncIterable<TurnEvent>;
  /** The models that can be asked for, the default first. */
  models(): Promise<readonly RunnerModel[]>;
  /** What a model takes, by any of its names: what it does not take is not asked of it, or asked otherwise. Absent: all take everything, as far as is known. */
  readonly abilities?: (model: string) => Promise<ModelAbilities>;
  /**
   * What a turn cost, in US dollars, by any name of its model; undefined where that is not known. It goes before the `prices` of the models
   * that are listed. Absent: those prices are all that is known. Callers with a limit in dollars get no model whose cost is not known.
   */
  readonly costOf?: (model: string, usage: Usage) => number | undefined;
  /**
   * Counts the input tokens of a turn as the API does, without running it; undefined for a turn whose tokens it can't count. Absent: it
   * counts none. The gateway estimates what the runner does not count.
   *
   * @throws {GatewayError} As `run`.
   */
  readonly countTokens?: (turn: Turn, signal: AbortSignal) => Promise<number | undefined>;
  /** How many times the gateway may run a turn again that failed within its answer, before its caller has heard any of it. Absent: 0. */
  readonly maxRetries?: number;
  /** Throws away what it keeps for a conversation, such as its working directory. Absent: it keeps nothing. */
  readonly forget?: (tenant: string, conversation: string) => Promise<void>;
  /** How the runner is, without spending a token. */
  health(): Promise<RunnerHealth>;
  /** Stops every turn and frees everything. The runner is of no use afterwards. */
  close(): Promise<void>;
}

/** What a turn costs while it runs. */
export interface TurnSpending {
  /** It has gone to the API: its input costs from now on, whether it is answered or not. More than once is the same as once. */
  sent(): void;
  /** All that it has used so far, where that is more than its `turn-start` told; `costUsd` where that is known. */
  used(usage: Usage, costUsd: number | undefined): void;
}

/** What a model takes of the Messages API; models refuse what they do not take. */
export interface ModelAbilities {
  /** How it can be asked to think: not at all, by a number of tokens, as much as it finds right, or either. */
  readonly thinking: 'none' | 'budget' | 'adaptive' | 'either';
  /** Whether it thinks until it is told not to, and takes being told. The newest think in any case, and refuse to be told. */
  readonly thinkingCanBeDisabled: boolean;
  /** `output_config.effort`, the least first. */
  readonly efforts: readonly Effort[];
  /** `output_config.format` */
  readonly outputFormat: boolean;
  /** Whether `tool_choice` may force a call. */
  readonly forcedTools: boolean;
  /** Whether it goes on with an answer that is begun: an assistant's message at the end. */
  readonly begunAnswers: boolean;
  /** Of temperature, top_p and top_k: all, all but top_p, nothing. */
  readonly sampling: 'all' | 'no-top-p' | 'none';
}

/** A model that can be asked for. */
export interface RunnerModel {
  /** The name to ask for: an alias such as `sonnet`, or a full name. */
  readonly id: string;
  /** The full name that an alias stands for; the same as `id` for a full name. */
  readonly resolvedId: string;
  /** For people: `Sonnet 5.5`. */
  readonly displayName: string;
  /** How many tokens a request and its answer have room for together. Absent: that is not known. */
  readonly contextWindow?: number;
  /** How many tokens an answer may have. Absent: that is not known. */
  readonly maxOutputTokens?: number;
  /** What it reads. Absent: that is not known. */
  readonly inputModalities?: readonly ('text' | 'image' | 'file')[];
  /** What it costs. Absent: that is not known, unless the runner's `costOf` knows it. */
  readonly prices?: ModelPrice;
}

/** What a model costs, in US dollars for a million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Of the prompt cache. Default: a tenth of `input`. */
  readonly cacheRead?: number | undefined;
  /** To the prompt cache, kept for five minutes. Default: `input` and a quarter. */
  readonly cacheWrite?: number | undefined;
  /** To the prompt cache, kept for an hour. Default: twice `input`. */
  readonly cacheWriteHour?: number | undefined;
  /** What all tokens of a request cost whose prompt, cached or not, has more tokens than `above`. Default: the same. */
  readonly longPrompt?: (Omit<ModelPrice, 'longPrompt'> & { readonly above: number }) | undefined;
}

/** Whether turns can be expected to run. */
export interface RunnerHealth {
  readonly healthy: boolean;
  /** What is wrong and what to do about it; absent when healthy. */
  readonly problem?: string;
  /** More facts about the runner, as JSON: versions, login, pools. */
  readonly details: Readonly<Record<string, unknown>>;
}
