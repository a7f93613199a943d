interface Outgoing {
  readonly socket: { cork(): void; uncork(): void } | null;
}

/**
 * Marks server-sent events as a body of chunks, which HTTP/1.1 makes of them anyway. Otherwise the HTTP adapter waits a millisecond
 * behind the first event, to see whether the body is over and its length can be told. The head goes out together with the first event, which is
 * there when an answer begins, and not by itself.
 */
export async function sendStreamsAtOnce(response: Response | Promise<Response>, outgoing: Outgoing): Promise<Response> {
  const made = await response;
  if (made.headers.get('content-type')?.startsWith('text/event-stream') !== true) return made;
  made.headers.set('transfer-encoding', 'chunked');
  const { socket } = outgoing;
  socket?.cork();
  process.nextTick(() => socket?.uncork());
  return made;
}
