export interface StreamOptions {
  readonly contentType: string;
  readonly keepAlive: KeepAlive;
  /** What keeps a silent connection alive, in the form that is asked for. */
  readonly idle: (form: 'comment' | 'chunk') => string[];
  /** What the stream says when it fails. */
  readonly fail: (thrown: unknown) => string[] | Promise<string[]>;
  /** Called once when all has been given to whoever sends it. */
  readonly onEnd: () => void;
  /** Called once when the client has left before the end. */
  readonly onLeave: () => void;
}

/** How silent streams are kept alive: by a comment, by a chunk of the dialect's own that says nothing, or not. */
export interface KeepAlive {
  readonly mode: 'comment' | 'chunk' | 'off';
  readonly intervalMs: number;
}

const encoder = new TextEncoder();

/** Batches of texts, the last of which is what it returns. */
export type TextBatches = AsyncIterator<string[], string[] | undefined>;

/**
 * Answers with a stream of texts, those of one batch in one write. An error after the first byte is said in the stream. Waits for the
 * client when it reads slowly.
 */
export function toStreamResponse(batches: TextBatches, options: StreamOptions): Response {
  let timer: ReturnType<typeof setInterval> | undefined;
  let done = false;
  let silent = true;
  const { mode, intervalMs } = options.keepAlive;
  const toBytes = (texts: readonly string[]): Uint8Array => encoder.encode(texts.join(''));

  function end(): void {
    done = true;
    clearInterval(timer);
  }

  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      if (mode === 'off') return;
      timer = setInterval(() => {
        if (silent && (controller.desiredSize ?? 0) > 0) controller.enqueue(toBytes(options.idle(mode)));
        silent = true;
      }, intervalMs);
    },
    async pull(controller) {
      let texts: string[] = [];
      try {
        const next = await batches.next();
        texts = next.value ?? [];
        if (next.done === true) {
          end();
          options.onEnd();
        }
      } catch (thrown) {
        if (done) return;
        end();
        texts = await options.fail(thrown);
      }
      silent = false;
      // A stream that is given nothing does not ask again.
      if (!done || texts.length > 0) controller.enqueue(toBytes(texts));
      if (done) controller.close();
    },
    cancel() {
      end();
      options.onLeave();
      // Nobody may be waiting for an event that could fail: what is read ahead is let go.
      void release(batches);
    },
  });
  const { contentType } = options;
  return new Response(stream, { headers: { 'content-type': contentType, 'cache-control': 'no-cache', 'x-accel-buffering': 'no' } });
}

async function release(batches: AsyncIterator<unknown>): Promise<void> {
  try {
    await batches.return?.();
  } catch {
    // Nobody is left to hear of it.
  }
}

/**
 * Waits for an iterator's first value, but no longer than `timeoutMs` (`undefined`: as long as it takes), and returns an iterator that gives the same values.
 *
 * @throws What the first step throws, when it does so in time.
 */
export async function firstWithin<Value, End>(
  iterator: AsyncIterator<Value, End | undefined>,
  timeoutMs: number | undefined,
): Promise<AsyncIterator<Value, End | undefined>> {
  const first = iterator.next();
  if (timeoutMs === undefined) await first;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs ?? 0);
  });
  try {
    await Promise.race([first, timeout]);
  } finally {
    clearTimeout(timer);
  }
  let begun = false;
  return {
    next: () => {
      if (begun) return iterator.next();
      begun = true;
      return first;
    },
    return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
  };
}
