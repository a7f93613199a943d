import type { StreamForm } from './dialect.ts';

/**
 * OpenAI's streams: server-sent events of one `data:` line each, `[DONE]` at the end.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export const openaiSse: StreamForm = {
  contentType: 'text/event-stream; charset=utf-8',
  frame: (json) => `data: ${json}\n\n`,
  end: 'data: [DONE]\n\n',
};
