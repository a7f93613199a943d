import type { TurnEndReason, TurnEvent } from '../../../turn/turn-event.ts';
import type { Usage } from '../../../turn/usage.ts';
import type { HostedTools } from '../../../engine/hosted/hosted-tools.ts';
import type { GivenTool } from '../request/host-tools.ts';
import type { OutputItem } from './output-item.ts';
import type { OutputEvent } from './stream-event.ts';
import { randomDigits } from '../../../basics/random-id.ts';

export interface OutputOptions {
  /** The caller's tools, by the names that Claude knows. */
  readonly tools: ReadonlyMap<string, GivenTool>;
  /** The tools that the gateway calls, and the servers whose list the caller does not have yet. Absent: none. */
  readonly hosted?: Pick<HostedTools, 'known' | 'servers'> | undefined;
  /** By the ids of calls that the caller has allowed, those of the items that asked for it. Absent: none. */
  readonly approvals?: ReadonlyMap<string, string>;
  /** Whether the caller is to read what Claude thinks. */
  readonly showsThinking: boolean;
  /** Whether an agent's use of its own tools is told. */
  readonly tellsActivity: boolean;
  /** Whether its searches of the web are told in any case. */
  readonly tellsSearches?: boolean;
  /** Whether it is told with a search what it has found. */
  readonly tellsSources?: boolean;
}

/** How an answer has ended. */
export interface OutputEnd {
  readonly status: 'completed' | 'incomplete';
  readonly reason?: 'max_output_tokens' | 'content_filter';
}

export interface Output {
  /** What an event of the turn gives rise to. */
  add(event: TurnEvent): OutputEvent[];
  /** Ends what is still open, when the turn has failed. */
  abort(): OutputEvent[];
  /** The items that have ended, in their order. */
  items(): OutputItem[];
  readonly usage: () => Usage;
  /** Undefined before the turn has ended. */
  readonly end: () => OutputEnd | undefined;
}

/**
 * How a response has ended.
 *
 * @param isUnsaid Whether nothing was said: a refusal is then said in words of its own.
 */
export function toOutputEnd(reason: TurnEndReason, isUnsaid: boolean): OutputEnd {
  if (reason === 'max_tokens' || reason === 'context_window') return { status: 'incomplete', reason: 'max_output_tokens' };
  return reason === 'refusal' && !isUnsaid ? { status: 'incomplete', reason: 'content_filter' } : { status: 'completed' };
}

/** A new id for a response or an item: its prefix and 32 random hexadecimal digits. */
export function newId(prefix: string): string {
  return `${prefix}_${randomDigits()}`;
}
