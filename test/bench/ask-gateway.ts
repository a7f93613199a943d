export interface AskOptions {
  readonly tools?: readonly object[];
  /** The conversation that the messages go on with. Default: that of their history, or a new one. */
  readonly conversationId?: string | undefined;
}

export interface Asked {
  /** From sending the request to the first chunk with text. */
  readonly firstTokenMs: number;
  readonly answer: string;
  /** The id of the tool call that the answer holds; undefined for none. */
  readonly callId: string | undefined;
  readonly conversationId: string | undefined;
}

interface Chunk {
  readonly choices: readonly { readonly delta: { readonly content?: string; readonly tool_calls?: readonly { readonly id?: string }[] } }[];
}

/** Asks a gateway over HTTP, streamed, as a client would. */
export async function askGateway(url: string, messages: readonly object[], options: AskOptions = {}): Promise<Asked> {
  const { tools = [], conversationId } = options;
  const begin = performance.now();
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', stream: true, messages, conversation_id: conversationId, ...(tools.length > 0 && { tools }) }),
  });
  if (!response.ok || response.body === null) throw new Error(`The gateway answered ${response.status}: ${await response.text()}`);
  let firstTokenMs = Number.NaN;
  let answer = '';
  let callId: string | undefined;
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    const events = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      if (event === 'data: [DONE]') continue;
      const delta = (JSON.parse(event.slice('data: '.length)) as Chunk).choices[0]?.delta;
      callId ??= delta?.tool_calls?.[0]?.id;
      const text = delta?.content ?? '';
      if (text !== '' && answer === '') firstTokenMs = performance.now() - begin;
      answer += text;
    }
  }
  return { firstTokenMs, answer, callId, conversationId: response.headers.get('x-conversation-id') ?? undefined };
}
