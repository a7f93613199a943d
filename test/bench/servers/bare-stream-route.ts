import { Hono } from 'hono';
import { briskTexts } from './brisk-runner.ts';
import { createPacedSource } from './paced-source.ts';
import { streamBeginning } from './stream-pace.ts';
import { toChunk } from './to-chunk.ts';

const encoder = new TextEncoder();
const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'transfer-encoding': 'chunked' };

/** A Hono route that streams what the gateway streams of a paced runner, and does nothing else. */
export function createBareStreamRoute(): (request: Request) => Response | Promise<Response> {
  const join = createPacedSource();
  const app = new Hono();
  app.post('/v1/chat/completions', async (c) => {
    const { messages } = await c.req.json<{ messages: readonly { content: string }[] }>();
    const stream = Number(messages[0]?.content);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const write = (data: string): void => controller.enqueue(encoder.encode(`data: ${data}\n\n`));
        write(toChunk(streamBeginning));
        join({
          stream,
          give: (text) => write(toChunk(text)),
          end() {
            write('[DONE]');
            controller.close();
          },
        });
      },
    });
    return c.body(body, 200, headers);
  });
  return app.fetch;
}

/** A Hono route that streams what the gateway streams of a brisk runner, and does nothing else. */
export function createBareBriskRoute(): (request: Request) => Response | Promise<Response> {
  const app = new Hono();
  app.post('/v1/chat/completions', async (c) => {
    await c.req.json();
    const texts = briskTexts();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const next = await texts.next();
        controller.enqueue(encoder.encode(`data: ${next.done === true ? '[DONE]' : toChunk(next.value)}\n\n`));
        if (next.done === true) controller.close();
      },
    });
    return c.body(body, 200, headers);
  });
  return app.fetch;
}
