/** The content type of a stream of server-sent events. */
export const sseContentType = 'text/event-stream; charset=utf-8';

/** What keeps a silent stream alive. One line end behind it: an empty line would make some clients dispatch an empty event. */
export const sseComment = ': keep-alive\n';

/**
 * Frames one event.
 *
 * @param data Without line ends, as JSON is.
 * @param name Absent: the event has none.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function toSseFrame(data: string, name?: string): string {
  return `${name === undefined ? '' : `event: ${name}\n`}data: ${data}\n\n`;
}
