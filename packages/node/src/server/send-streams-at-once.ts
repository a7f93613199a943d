/**
 * Marks server-sent events as a body of chunks, which HTTP/1.1 makes of them anyway. Otherwise the HTTP adapter waits a millisecond
 * behind the first event, to see whether the body is over and its length can be told.
 */
export async function sendStreamsAtOnce(response: Response | Promise<Response>): Promise<Response> {
  const made = await response;
  if (made.headers.get('content-type')?.startsWith('text/event-stream') === true) made.headers.set('transfer-encoding', 'chunked');
  return made;
}
