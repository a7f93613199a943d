import { toErrorBody, toGatewayError } from '../../http/error-response.ts';
import { firstWithin } from '../../http/first-within.ts';
import type { RequestContext } from '../../http/request-context.ts';
import { toSseResponse, type KeepAlive } from '../../http/sse-response.ts';
import { mergeTurns, type IndexedEvent } from '../../turn/merge-turns.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';
import { createChunkWriter, type ChunkWriter } from './chunk-writer.ts';
import type { CompletionIdentity } from './completion-identity.ts';
import { gatherTurn } from './gather-turn.ts';
import { toCompletion } from './to-completion.ts';

export interface Reply {
  /** The events of each choice's turn. */
  readonly turns: readonly AsyncIterable<TurnEvent>[];
  readonly identity: CompletionIdentity;
  readonly functionCall: boolean;
  readonly structured: boolean;
  /** Whether the activity of agents, its cost and its limits are told. */
  readonly tellsActivity: boolean;
  /** The conversation that the turn belongs to: at the beginning as it is to be, at the end as it is. */
  readonly conversationId: () => string | undefined;
  /** Stops what still runs. */
  readonly leave: () => void;
}

/** Answers with one completion. */
export async function replyWhole(reply: Reply): Promise<Response> {
  try {
    const choices = await Promise.all(reply.turns.map((turn, index) => gatherTurn(turn, { ...reply, index })));
    const conversationId = reply.conversationId();
    return Response.json(toCompletion(choices, reply.identity, { ...reply, conversationId }), { headers: headersOf(conversationId) });
  } catch (error) {
    reply.leave();
    throw error;
  }
}

export interface ReplyStreamOptions {
  readonly keepAlive: KeepAlive;
  readonly includeUsage: boolean;
  readonly requestedModel: string;
  readonly request: RequestContext;
}

/** Answers with chunks as they come. */
export async function replyStreamed(reply: Reply, options: ReplyStreamOptions): Promise<Response> {
  const { keepAlive, request } = options;
  const conversationId = reply.conversationId();
  const writer = createChunkWriter(reply.identity, { ...reply, ...options, conversationId, choices: reply.turns.length });
  const chunks = toChunks(mergeTurns(reply.turns, reply.leave), writer);
  // A turn that fails before its first event is answered with a status of its own.
  const opening = await firstWithin(chunks, keepAlive.mode === 'off' ? undefined : keepAlive.intervalMs);
  const end = request.goOn();
  const response = toSseResponse(opening, {
    keepAlive,
    idle: () => writer.idle(),
    fail: (thrown) => {
      request.logger.warn({ error: thrown }, 'a stream failed');
      end('error', thrown);
      return JSON.stringify(toErrorBody(toGatewayError(thrown)));
    },
    onEnd: () => end('ok'),
    onLeave() {
      end('left');
      reply.leave();
    },
  });
  if (conversationId !== undefined) response.headers.set(header, conversationId);
  return response;
}

const header = 'x-conversation-id';

function headersOf(conversationId: string | undefined): Record<string, string> {
  return conversationId === undefined ? {} : { [header]: conversationId };
}

async function* toChunks(events: AsyncIterable<IndexedEvent>, writer: ChunkWriter): AsyncGenerator<string[], void, undefined> {
  for await (const { index, event } of events) {
    const chunks = writer.write(event, index);
    if (chunks.length > 0) yield chunks;
  }
  const last = writer.end();
  if (last.length > 0) yield last;
}
