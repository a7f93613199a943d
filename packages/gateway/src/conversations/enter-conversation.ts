import type { GatewayError } from '../gateway-error.ts';
import { type CallFault, findCallFault } from '../turn/find-call-fault.ts';
import { addsText, type Message } from '../turn/message.ts';
import { normalizeMessages } from '../turn/normalize-messages.ts';
import type { Turn } from '../turn/turn.ts';
import { isThinking, toSystem } from '../turn/content-block.ts';
import type { Conversations } from './create-conversations.ts';
import type { HeldConversation } from './create-holds.ts';
import { bareId } from '../turn/message-identity.ts';
import { type MessageDigests, toldMessages } from './digest-history.ts';
import type { ConversationItem } from '../ports/conversation-store.ts';

/** A turn in its conversation. */
export interface EnteredConversation {
  readonly held: HeldConversation;
  /** The turn as Claude is to hear it: with all that was said before. */
  readonly turn: Turn;
  /** Those of its messages that are new to the conversation. */
  readonly added: readonly Message[];
}

/**
 * Puts a turn into the conversation that it belongs to: the one that the caller has named, or the one whose history it has
 * brought. A history that differs from the named conversation's begins one of its own.
 *
 * @param named Held already; given back when the turn does not go into it.
 * @param callFault Says what is wrong with calls and results.
 * @throws {GatewayError} 400 when calls and their results do not match; nothing is held then.
 */
export async function enterConversation(
  given: Turn,
  named: HeldConversation | undefined,
  callFault: (fault: CallFault) => GatewayError,
  conversations: Conversations,
): Promise<EnteredConversation> {
  const { turn, ...entered } = await enter(given, named, callFault, conversations);
  // The runner need not make them again.
  return { ...entered, turn: { ...turn, messageDigests: await conversations.digestsOf(turn.messages) } };
}

async function enter(
  given: Turn,
  named: HeldConversation | undefined,
  callFault: (fault: CallFault) => GatewayError,
  conversations: Conversations,
): Promise<EnteredConversation> {
  // The system prompt of the conversation that was named holds for what goes on with it, and for what branches off.
  const isOwnSystem = named?.info === undefined || named.isFollowed === true || given.system.length > 0;
  const turn = isOwnSystem ? given : { ...given, system: toSystem(named.info.system) };
  const continued = named === undefined ? undefined : await goOn(turn, named, callFault, conversations);
  if (continued !== undefined) return continued;
  await named?.release();
  const held = await conversations.recognise(turn);
  const recognised = held.items === undefined ? undefined : await goOn(turn, held, callFault, conversations);
  if (recognised !== undefined) return recognised;
  const answered = turn.messages.findLastIndex((message) => message.role === 'assistant') + 1;
  return {
    held,
    turn: { ...turn, conversation: held.id },
    added: held.info === undefined ? turn.messages : turn.messages.slice(answered),
  };
}

async function goOn(
  turn: Turn,
  held: HeldConversation,
  callFault: (fault: CallFault) => GatewayError,
  { digestsOf }: Conversations,
): Promise<EnteredConversation | undefined> {
  const earlier = earlierMessages(held.items ?? [], turn.model);
  const given = held.isFollowed === true ? turn.messages : await continueHistory(earlier, turn.messages, digestsOf);
  if (given === undefined) return undefined;
  const added = withKnownIds(given, earlier);
  const messages = normalizeMessages([...earlier, ...added]);
  const fault = findCallFault(messages);
  if (fault !== undefined) {
    await held.release();
    throw callFault(fault);
  }
  return { held, added, turn: { ...turn, conversation: held.id, messages } };
}

/** Messages that go on with earlier ones, with the ids of their results as the calls have them: some clients strip underscores. */
function withKnownIds(messages: readonly Message[], earlier: readonly Message[]): Message[] {
  const calls = earlier.at(-1)?.content.flatMap((block) => (block.type === 'tool_use' ? [[bareId(block.id), block.id] as const] : []));
  const ids = new Map(calls);
  if (ids.size === 0) return [...messages];
  return messages.map((message) => ({
    ...message,
    content: message.content.map((block) =>
      block.type === 'tool_result' ? { ...block, tool_use_id: ids.get(bareId(block.tool_use_id)) ?? block.tool_use_id } : block,
    ),
  }));
}

/**
 * Tells what of the messages that a caller gives is new to a conversation. Callers bring only what is new, or that behind the
 * last messages (a call, then its result), or the whole history.
 *
 * @param earlier The conversation's messages, normalised, as are `given`.
 * @returns The new messages; undefined when they are another history: one that begins like this, and then differs.
 */
export async function continueHistory(
  earlier: readonly Message[],
  given: readonly Message[],
  digestsOf: MessageDigests,
): Promise<readonly Message[] | undefined> {
  const bringsHistory = given.some((message) => message.role === 'assistant');
  if (!bringsHistory || earlier.length === 0) return given;
  const told = toldMessages(earlier);
  const [own, theirs] = await Promise.all([digestsOf(told), digestsOf(given)]);
  for (let count = Math.min(own.length, theirs.length); count > 0; count -= 1) {
    const from = own.length - count;
    let same = 0;
    while (same < count && own[from + same] === theirs[same] && !addsText(given[same], told[from + same] ?? { content: [] })) same += 1;
    if (same === count) return given.slice(count);
  }
  return own[0] === theirs[0] ? undefined : given;
}

/** By items, which stores give again as the same objects: what is known of a message, its digest for one, need not be found again. */
const whole = new WeakMap<ConversationItem, Message>();
const unthought = new WeakMap<ConversationItem, Message>();

/** What was said and done before, as a model is to hear it: thinking only goes back to the model whose it is. */
export function earlierMessages(items: readonly ConversationItem[], model: string): Message[] {
  return normalizeMessages(
    items.map((item) => {
      const known = item.requestedModel === model ? whole : unthought;
      const { id: _id, requestedModel: _model, ...message } = item;
      const told = known.get(item) ?? (known === whole ? message : withoutThinking(message));
      known.set(item, told);
      return told;
    }),
  );
}

function withoutThinking({ steps, ...message }: Message): Message {
  const others = normalizeMessages((steps ?? []).map(withoutThinking));
  return { ...message, content: message.content.filter((block) => !isThinking(block)), ...(others.length > 0 && { steps: others }) };
}
