import type { Dialect } from '../dialects/dialect.ts';
import type { ClaudeRunner } from '../ports/claude-runner.ts';
import type { JsonObject } from '../turn/tool.ts';
import type { DialectServer } from './dialect/post.ts';
import { replyChecks, type ReplyRow } from './dialect/reply-checks.ts';
import { requestChecks, type MalformedRow, type RequestRow } from './dialect/request-checks.ts';
import type { SampleTurnName } from './sample-turns.ts';
import { servingChecks } from './dialect/serving-checks.ts';
import type { ContractCheck } from './runner-contract.ts';

/** A dialect, and what it makes of bodies and turns. */
export interface DialectContractOptions {
  readonly dialect: Dialect<unknown>;
  /** Serves it, with this runner behind it. */
  readonly serve: (runner: ClaudeRunner) => DialectServer;
  /** The least that can be asked, for a whole answer. */
  readonly body: JsonObject;
  /** What, put over a body, asks for a stream. Default: `{ stream: true }`. */
  readonly streamed?: JsonObject;
  /** What a client makes of a stream. @throws {Error} For one that has no proper end, or goes on behind it. */
  readonly readStream: (text: string) => StreamedReply;
  /** The keys of a whole reply in which two replies to one question differ: `id`, `created`. */
  readonly differing: readonly string[];
  /** Bodies, and the turns that come of them. */
  readonly requests: readonly RequestRow[];
  /** What is refused, with a 400. */
  readonly malformed: readonly MalformedRow[];
  /** The whole reply to each of `sampleTurns`: of objects some keys, and undefined for what is not there. */
  readonly replies: Readonly<Record<SampleTurnName, unknown>>;
  /** What else there is to say of replies. */
  readonly moreReplies?: readonly ReplyRow[];
}

/** What a stream adds up to. */
export interface StreamedReply {
  /** The whole reply, as far as it has come. */
  readonly reply?: unknown;
  /** The message of the error that has ended it. */
  readonly error?: string | undefined;
}

/**
 * What every `Dialect` must do, as checks that throw, for any test framework: a new one brings its rows, and gets the rest. See
 * `runnerContract`.
 */
export function dialectContract(options: DialectContractOptions): ContractCheck[] {
  return [...requestChecks(options), ...replyChecks(options), ...servingChecks(options)];
}
