import { badRequest, type GatewayError } from '../gateway-error.ts';
import type { Dialect, ReplyWriter } from '../dialects/dialect.ts';
import { withOwnNames } from '../dialects/with-own-names.ts';
import { answerAll, type Engine } from '../engine/engine.ts';
import type { Answer } from '../engine/answer.ts';
import type { TurnPlan } from '../engine/plan-turn.ts';
import type { TurnRequest } from '../engine/turn-request.ts';
import { mergeTurns } from '../engine/events/merge-turns.ts';
import { firstWithin, type KeepAlive, type TextBatches, toStreamResponse } from './stream-response.ts';
import { linkAbort } from '../basics/waiting.ts';
import type { Background } from '../responses/background.ts';
import { cancelledCode } from './record-request.ts';
import type { Handle, RouteContext } from './route.ts';
import { replyInBackground, toBackground } from './reply-in-background.ts';

export interface ServeDialectOptions {
  readonly engine: Engine;
  /** Makes replies that nobody waits for. Undefined: there are none. */
  readonly background: Background | undefined;
  readonly keepAlive: KeepAlive;
  /** Whether a parameter without effect is an error, when a request does not say. */
  readonly strictParameters: boolean;
}

/** As many parameters without effect as are named; a body may bring any number. */
const maxNamed = 32;
const conversationHeader = 'x-conversation-id';

/** Answers requests of one dialect. What goes by headers is the same in all: conversation, cache, strictness. */
export function serveDialect<Request>(dialect: Dialect<Request>, options: ServeDialectOptions): Handle {
  return async ({ req: { raw } }, context) => {
    const parsed = dialect.parse(await context.readJson(), raw.headers);
    const request = (await dialect.resolve?.(parsed, options.engine.itemFinder(context.caller.tenant))) ?? parsed;
    const withOwn = (thrown: unknown): unknown => withOwnNames(thrown, (field) => dialect.nameOf(request, field));
    try {
      return await respond(dialect, request, raw, { context, withOwn, ...options });
    } catch (thrown) {
      throw withOwn(thrown);
    }
  };
}

interface ReplyOptions extends ServeDialectOptions {
  readonly context: RouteContext;
  /** Says an error in the request's own names. */
  readonly withOwn: (thrown: unknown) => unknown;
}

async function respond<Request>(
  dialect: Dialect<Request>,
  request: Request,
  { headers, signal }: globalThis.Request,
  options: ReplyOptions,
): Promise<Response> {
  const { engine, context } = options;
  const { record } = context;
  const [asked, ...others] = [dialect.toTurnRequest(request)].flat();
  if (asked === undefined) throw new Error('The dialect has made no turn of a request.');
  const { streamed } = asked;
  const toPlan = (each: TurnRequest): Promise<TurnPlan> => engine.plan(each, context.caller, headers.get('cache-control'));
  const plan = await toPlan(asked);
  const plans: [TurnPlan, ...TurnPlan[]] = [plan, ...(others.length > 0 ? await Promise.all(others.map(toPlan)) : [])];
  record.model = plan.model;
  record.profile = plan.profile;
  record.streamed = streamed;
  const conversation = namedOnce(asked.conversation, headers.get(conversationHeader));
  if (conversation !== undefined && others.length > 0) throw severalTurns();
  const ignored = [...plan.request.ignored, ...plan.withoutEffect.map((field) => dialect.nameOf(request, field))].slice(0, maxNamed);
  const strict = headers.get('x-strict-parameters');
  if (strict === null ? options.strictParameters : strict === 'true') refuseFirst(ignored);
  record.ignored = ignored;
  const background = asked.response?.background === true ? toBackground(options.background, context) : undefined;
  // Only turns that can be left or cancelled, that run side by side, or that go on without their caller, need a signal of their own.
  const needsOwn = streamed || asked.choices > 1 || others.length > 0 || context.cancellable !== undefined;
  const caller = background?.caller ?? (needsOwn ? linkAbort(signal) : undefined);
  if (background === undefined && caller !== undefined) context.cancellable?.(caller);
  const { callFault } = dialect;
  const answer = await answerAll(engine, plans, {
    conversation,
    callFault,
    context: background?.context ?? context,
    signal: caller?.signal ?? signal,
  });
  if (answer.cache !== undefined) record.cache = answer.cache;
  const leave = (): void => caller?.abort();
  const streaming = (): StreamReplyOptions => ({ streamType: dialect.streamType, leave, ...options });
  const response = await (background !== undefined
    ? replyInBackground(dialect.replyStreamed(request, answer), answer, { streamed, signal, ...streaming(), ...background })
    : streamed
      ? stream(dialect.replyStreamed(request, answer), answer, streaming())
      : whole(dialect.replyWhole(request, answer), leave));
  const id = answer.conversationId();
  record.conversation = id;
  // In a stream it is named before anything can fail to be kept.
  if (id !== undefined) response.headers.set(conversationHeader, id);
  if (ignored.length > 0) response.headers.set('x-ignored-parameters', ignored.join(', '));
  if (answer.cache !== undefined) response.headers.set('x-cache', answer.cache);
  return response;
}

/** @throws {GatewayError} 400 when body and header name different conversations. */
function namedOnce(byBody: string | undefined, byHeader: string | null): string | undefined {
  if (byHeader === null || byHeader === '' || byHeader === byBody) return byBody;
  if (byBody === undefined) return byHeader;
  throw badRequest(
    `Invalid value for '${conversationHeader}': the body and this header name different conversations. Send it in one place.`,
    'conversation_id',
  );
}

function severalTurns(): GatewayError {
  return badRequest(
    `Invalid value for '${conversationHeader}': several prompts can't go on in one conversation. Send them one by one.`,
    'conversation_id',
  );
}

function refuseFirst([first]: readonly string[]): void {
  if (first === undefined) return;
  throw badRequest(
    `Unsupported parameter: '${first}' has no effect on Claude, and this request is strict about that.`,
    first,
    'unsupported_parameter',
  );
}

async function whole(reply: Promise<object>, leave: () => void): Promise<Response> {
  try {
    return new Response(JSON.stringify(await reply), { headers: { 'content-type': 'application/json' } });
  } catch (error) {
    leave();
    throw error;
  }
}

interface StreamReplyOptions extends ReplyOptions {
  readonly streamType: string;
  /** Stops what still runs. */
  readonly leave: () => void;
}

async function stream(writer: ReplyWriter, answer: Answer, options: StreamReplyOptions): Promise<Response> {
  const { streamType, keepAlive, context, withOwn, leave } = options;
  const batches = toBatches(answer, writer, leave);
  // A turn that fails before its first event is answered with a status of its own.
  const opening = await firstWithin(batches, keepAlive.mode === 'off' ? undefined : keepAlive.intervalMs);
  const end = context.goOn();
  return toStreamResponse(opening, {
    contentType: streamType,
    keepAlive,
    idle: (form) => writer.idle(form),
    async fail(thrown) {
      const told = context.toldError(withOwn(thrown));
      if (told.code !== cancelledCode) context.logger.warn({ error: thrown }, 'a stream failed');
      end('error', thrown);
      const texts = writer.fail(told, context.id);
      await keep(writer, answer).catch((error: unknown) => context.logger.warn({ error }, 'a failed response could not be kept'));
      return texts;
    },
    onEnd: () => end('ok'),
    onLeave() {
      end('left');
      leave();
    },
  });
}

function toBatches(answer: Answer, writer: ReplyWriter, leave: () => void): TextBatches {
  return mergeTurns(answer.turns, {
    take(event, index) {
      const texts = writer.write(event, index);
      return texts.length > 0 ? texts : undefined;
    },
    async end() {
      const texts = writer.end();
      await keep(writer, answer);
      return texts;
    },
    stop: leave,
  });
}

async function keep(writer: ReplyWriter, { response }: Answer): Promise<void> {
  if (writer.told !== undefined) await response?.keep(writer.told());
}
