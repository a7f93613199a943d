/** The events of a stream as they come, parsed; it ends with the stream, or at `[DONE]`. */
export async function* readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (rest + value).split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) {
        const data = event.match(/^data: (.*)$/m)?.[1];
        if (data === '[DONE]') return;
        if (data !== undefined) yield JSON.parse(data);
      }
    }
  } finally {
    // What is not read any more is not wanted either.
    await reader.cancel().catch(() => {});
  }
}
