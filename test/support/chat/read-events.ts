/** What one `data:` line of a chat completion stream holds, as far as tests look at it. */
export interface StreamChunk {
  readonly choices?: readonly { readonly delta: { readonly content?: string }; readonly finish_reason: string | null }[];
  readonly error?: { readonly message: string; readonly type: string; readonly code: string | null };
}

/** Reads a stream of server-sent events as it comes, without the closing `[DONE]`. */
export async function* readEvents(response: Response): AsyncGenerator<StreamChunk, void, undefined> {
  if (response.body === null) throw new Error('The response has no body.');
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body) {
    text += decoder.decode(bytes as Uint8Array, { stream: true });
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = event.replace(/^(?::.*\n)*data: /, '');
      if (data !== '[DONE]') yield JSON.parse(data) as StreamChunk;
    }
  }
}

/** The text that chunks hold, joined. */
export function textOf(chunks: readonly StreamChunk[]): string {
  return chunks.map((chunk) => chunk.choices?.[0]?.delta.content ?? '').join('');
}
