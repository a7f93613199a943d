import type { GatewayError, TurnSpending } from '@claude-code-api/gateway';
import type { CliControlRequest, CliInit } from '../process/cli-message.ts';
import type { PreparedTurn } from '@claude-code-api/gateway/messages-api';
import type { AgentTurnReader } from '../response/agent-turn-reader.ts';
import type { TurnReader } from '../response/turn-reader.ts';

/** What differs between the sessions of one profile and those of another. Those of the pure model do the least. */
export interface SessionWays {
  /** Whether the CLI has tools of its own to list and to run beside the caller's. */
  readonly hasOwnTools: boolean;
  /** Whether the process is good for one turn only. */
  readonly singleTurn: boolean;
  /** What `initialize` says, besides the caller's tools. */
  initialize(turn: PreparedTurn): object;
  /** What a turn asks for, as settings that a running CLI takes. */
  settings(turn: PreparedTurn): Promise<object>;
  /** Done once, when the CLI has been initialized. */
  prepare(): Promise<void>;
  /** The answer to a request of the CLI's; undefined where that is about the caller's tools. */
  answer(request: CliControlRequest, requestId: string | undefined): object | undefined;
  /** Is told before the first request of each turn how the CLI is set up. An error that it returns fails the turn. */
  onInit(init: CliInit, requestId: string | undefined): GatewayError | undefined;
  /** Reads the next turn. */
  read(turn: PreparedTurn, spending: TurnSpending | undefined): SessionReader;
}

/** Where tools of an agent's own run, a reader tells of them too. */
export type SessionReader = TurnReader & Partial<Pick<AgentTurnReader, 'isHeldUp' | 'settle' | 'openCalls'>>;
