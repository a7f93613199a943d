import type { StreamForm } from '../dialects/dialect.ts';

export interface SseOptions {
  readonly form: StreamForm;
  /** What keeps a silent connection alive: a comment, an empty chunk of the dialect's own, or nothing. */
  readonly keepAlive: KeepAlive;
  /** The dialect's empty chunks, as JSON. */
  readonly idle: () => string[];
  /** What the stream says when it fails, as JSON. */
  readonly fail: (thrown: unknown) => string[];
  /** Called once when all has been given to whoever sends it. */
  readonly onEnd: () => void;
  /** Called once when the client has left before the end. */
  readonly onLeave: () => void;
}

export interface KeepAlive {
  readonly mode: 'comment' | 'chunk' | 'off';
  readonly intervalMs: number;
}

const encoder = new TextEncoder();
/** One line end after a comment: an empty line would make some clients dispatch an empty event. */
const comment = ': keep-alive\n';

/**
 * Answers with a stream of JSON texts, framed as the dialect says, each in one write. An error after the first byte is said in the
 * stream. Waits for the client when it reads slowly.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function toSseResponse(data: AsyncIterator<string[]>, options: SseOptions): Response {
  let timer: ReturnType<typeof setInterval> | undefined;
  let done = false;
  let silent = true;
  const { form } = options;
  const write = (texts: readonly string[]): string => texts.map((text) => form.frame(text)).join('');

  function end(): void {
    done = true;
    clearInterval(timer);
  }

  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      if (options.keepAlive.mode === 'off') return;
      timer = setInterval(() => {
        if (silent && (controller.desiredSize ?? 0) > 0)
          controller.enqueue(encoder.encode(options.keepAlive.mode === 'comment' ? comment : write(options.idle())));
        silent = true;
      }, options.keepAlive.intervalMs);
    },
    async pull(controller) {
      let text: string;
      try {
        const next = await data.next();
        text = next.done === true ? form.end : write(next.value);
        if (next.done === true) {
          end();
          options.onEnd();
        }
      } catch (thrown) {
        if (done) return;
        text = write(options.fail(thrown)) + form.end;
        end();
      }
      silent = false;
      controller.enqueue(encoder.encode(text));
      if (done) controller.close();
    },
    cancel() {
      end();
      options.onLeave();
      // Nobody may be waiting for an event that could fail: what is read ahead is let go.
      void release(data);
    },
  });
  return new Response(stream, { headers: { 'content-type': form.contentType, 'cache-control': 'no-cache', 'x-accel-buffering': 'no' } });
}

async function release(data: AsyncIterator<unknown>): Promise<void> {
  try {
    await data.return?.();
  } catch {
    // Nobody is left to hear of it.
  }
}
