import type { Conversations } from '../conversations/create-conversations.ts';
import { conversationNotFound } from '../conversations/conversation-errors.ts';
import { enterConversation, type EnteredConversation } from '../conversations/enter-conversation.ts';
import type { HeldConversation } from '../conversations/create-holds.ts';
import { GatewayError } from '../gateway-error.ts';
import { previousResponseNotFound } from '../responses/response-not-found.ts';
import type { ResponsePosition } from '../ports/response-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { CallFault } from '../turn/find-call-fault.ts';
import type { Turn } from '../turn/turn.ts';
import type { ConversationItem } from '../ports/conversation-store.ts';

export interface OpenConversationOptions {
  /** Undefined where none are kept. */
  readonly conversations: Conversations | undefined;
  /** The id that the request names. */
  readonly named: string | undefined;
  /** The answer that the request goes on with: `named` is undefined then. */
  readonly follows: { readonly response: string; readonly position: ResponsePosition } | undefined;
  readonly tenant: string;
  /** Whether the turn is to be kept. */
  readonly keep: boolean;
  /** Whether it can't do without being kept. */
  readonly mustKeep: boolean;
  /** Says the request as a turn, without what was said before. */
  readonly toTurn: (openCalls: ReadonlyMap<string, string>) => Promise<Turn>;
  /** See `Asked`. */
  readonly callFault: (fault: CallFault) => GatewayError;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

export interface OpenedTurn {
  readonly turn: Turn;
  /** Undefined for a turn that is in no conversation. */
  readonly entered: EnteredConversation | undefined;
}

/**
 * Makes the turn that a request asks for, with what was said before in its conversation.
 *
 * @throws {GatewayError} 400, 404 or 409 when it names a conversation that is not there or busy, 503 when that can't be told.
 */
export async function openConversation(options: OpenConversationOptions): Promise<OpenedTurn> {
  const { conversations, keep } = options;
  if (options.named === undefined && options.follows === undefined) return openUnnamed(options);
  const held = await holdNamed(options);
  if (conversations === undefined || held === undefined) return openUnnamed(options);
  const turn = await turnFor(held, options);
  const entered = await enterConversation(turn, held, options.callFault, conversations);
  if (!keep) await entered.held.release();
  return { turn: entered.turn, entered };
}

async function holdNamed({
  conversations,
  named,
  follows,
  tenant,
  signal,
}: OpenConversationOptions): Promise<HeldConversation | undefined> {
  if (follows !== undefined) {
    const held = await conversations?.follow(tenant, follows.position);
    if (held === undefined) throw previousResponseNotFound(follows.response);
    return held;
  }
  if (named === undefined) return undefined;
  if (conversations === undefined) throw conversationNotFound(named);
  return conversations.resume(tenant, named, signal);
}

async function turnFor(held: HeldConversation, options: OpenConversationOptions): Promise<Turn> {
  try {
    return await options.toTurn(openCalls(held.items ?? []));
  } catch (error) {
    await held.release();
    throw error;
  }
}

/** A request that names no conversation goes on without one when the store fails. */
async function openUnnamed({ conversations, keep, mustKeep, toTurn, callFault, logger }: OpenConversationOptions): Promise<OpenedTurn> {
  const turn = await toTurn(new Map());
  if (conversations === undefined || !keep) return { turn, entered: undefined };
  try {
    const entered = await enterConversation(turn, undefined, callFault, conversations);
    return { turn: entered.turn, entered };
  } catch (error) {
    if (!GatewayError.isInstance(error) || error.status !== 503 || mustKeep) throw error;
    logger.warn({ error }, 'conversations can not be had; a turn goes on without one');
    return { turn, entered: undefined };
  }
}

/** The calls of a conversation that have no result yet: their names by their ids. */
function openCalls(items: readonly ConversationItem[]): Map<string, string> {
  const open = new Map<string, string>();
  for (const block of items.flatMap((item) => item.content)) {
    if (block.type === 'tool_use') open.set(block.id, block.name);
    if (block.type === 'tool_result') open.delete(block.tool_use_id);
  }
  return open;
}
