import { badRequest, type GatewayError } from '../gateway-error.ts';
import type { ReplyWriter } from '../dialects/dialect.ts';
import type { Answer } from '../engine/answer.ts';
import { mergeTurns } from '../engine/events/merge-turns.ts';
import type { Background } from '../responses/background.ts';
import type { JsonObject } from '../turn/tool.ts';
import type { RouteContext } from './route.ts';
import { toStreamResponse, type KeepAlive } from './stream-response.ts';

/** Where a reply is made that its caller does not wait for. */
export interface BackgroundPlace {
  readonly background: Background;
  /** Aborts the turn, which goes on when its caller leaves the request. */
  readonly caller: AbortController;
  readonly context: RouteContext;
  /** Calls the listener when the turn has its places. */
  readonly whenBegun: (listener: () => void) => void;
}

export interface BackgroundReplyOptions extends BackgroundPlace {
  readonly streamed: boolean;
  readonly streamType: string;
  readonly keepAlive: KeepAlive;
  /** Stops what runs. */
  readonly leave: () => void;
  /** Aborts when the caller has left. */
  readonly signal: AbortSignal;
  /** Says an error in the request's own names. */
  readonly withOwn: (thrown: unknown) => unknown;
}

/** @throws {GatewayError} 400 where there are no such replies. */
export function toBackground(background: Background | undefined, context: RouteContext): BackgroundPlace {
  if (background === undefined) throw notInBackground();
  let tell = (): void => {};
  return {
    background,
    caller: new AbortController(),
    context: { ...context, background: { begun: () => tell() } },
    whenBegun: (listener) => (tell = listener),
  };
}

/**
 * Begins a reply that nobody waits for, and tells of it at once: as it is, or its events as they come. Who leaves those ends nothing.
 *
 * @throws {GatewayError} 400 where its dialect has no such replies, 429 or 503 where it can't begin.
 */
export async function replyInBackground(writer: ReplyWriter, answer: Answer, options: BackgroundReplyOptions): Promise<Response> {
  const { background, context, leave, withOwn, whenBegun } = options;
  const { response } = answer;
  const { background: words } = writer;
  const told = (): JsonObject => writer.told?.() ?? {};
  let tell: (texts: readonly string[]) => void = () => {};
  const turns = mergeTurns(answer.turns, {
    take(event, index): undefined {
      tell(writer.write(event, index));
    },
    end: () => writer.end(),
    stop: leave,
  });
  const { tenant } = context.caller;
  try {
    if (response === undefined || words === undefined) throw notInBackground();
    // Who has left by now would never know that it is there.
    options.signal.throwIfAborted();
    const first = words.wait();
    const waiting = told();
    const { over } = await background.start({
      ...response,
      tenant,
      told,
      async run(given) {
        tell = given;
        tell(first);
        whenBegun(() => tell(words.begin()));
        // Nothing is given before the end of all.
        return (await turns.next()).value ?? [];
      },
      stop: leave,
      fail: (thrown) => writer.fail(context.toldError(withOwn(thrown)), context.id),
      cutShort: (thrown) => words.cutShort(context.toldError(thrown)),
      cancel: () => words.cancel(),
      logger: context.logger,
    });
    // Its line in the log is written when all is known, and its body is held until then.
    context.record.underway.add(over);
    return options.streamed ? streamEvents(response.id, writer, options) : Response.json(waiting);
  } catch (error) {
    await turns.return?.();
    throw error;
  }
}

function streamEvents(id: string, writer: ReplyWriter, { background, context, streamType, keepAlive }: BackgroundReplyOptions): Response {
  const end = context.goOn();
  const reader = new AbortController();
  return toStreamResponse(background.follow(context.caller.tenant, id, 0, reader.signal), {
    contentType: streamType,
    keepAlive,
    idle: (form) => writer.idle(form),
    fail(thrown) {
      context.logger.warn({ error: thrown, response: id }, 'a stream failed');
      end('error', thrown);
      return writer.background?.interrupt(context.toldError(thrown)) ?? [];
    },
    onEnd: () => end('ok'),
    onLeave() {
      end('left');
      reader.abort();
    },
  });
}

function notInBackground(): GatewayError {
  return badRequest("Unsupported value: 'background' is not supported on this server.", 'background', 'unsupported_value');
}
