/** What a streamed reply of any of the dialects held. */
export interface Heard {
  /** From sending the request to the first event with text. */
  readonly firstTokenMs: number;
  readonly answer: string;
  /** The id of the tool call that the answer holds; undefined for none. */
  readonly callId: string | undefined;
  /** Of the response, in the dialect that has such. */
  readonly responseId: string | undefined;
  readonly conversationId: string | undefined;
}

interface StreamEvent {
  readonly type?: string;
  readonly choices?: readonly {
    readonly delta: { readonly content?: string; readonly tool_calls?: readonly { readonly id?: string }[] };
  }[];
  readonly delta?: string | { readonly text?: string };
  readonly item?: { readonly call_id?: string };
  readonly content_block?: { readonly type: string; readonly id?: string };
  readonly response?: { readonly id: string };
}

/** Asks a gateway over HTTP, streamed, in the dialect that the path is of; all are read alike. */
export async function askStreamed(url: string, body: object): Promise<Heard> {
  const begin = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', stream: true, ...body }),
  });
  if (!response.ok || response.body === null) throw new Error(`The gateway answered ${response.status}: ${await response.text()}`);
  let firstTokenMs = Number.NaN;
  let answer = '';
  let callId: string | undefined;
  let responseId: string | undefined;
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    const frames = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      const data = frame.slice(frame.indexOf('data: ') + 'data: '.length);
      if (data === '[DONE]') continue;
      const event = JSON.parse(data) as StreamEvent;
      const text = textOf(event);
      if (text !== '' && answer === '') firstTokenMs = performance.now() - begin;
      answer += text;
      callId ??= callOf(event);
      responseId ??= event.response?.id;
    }
  }
  return { firstTokenMs, answer, callId, responseId, conversationId: response.headers.get('x-conversation-id') ?? undefined };
}

function textOf({ type, choices, delta }: StreamEvent): string {
  if (choices !== undefined) return choices[0]?.delta.content ?? '';
  if (typeof delta === 'string') return type === 'response.output_text.delta' ? delta : '';
  return delta?.text ?? '';
}

function callOf({ choices, item, content_block: block }: StreamEvent): string | undefined {
  return choices?.[0]?.delta.tool_calls?.[0]?.id ?? item?.call_id ?? (block?.type === 'tool_use' ? block.id : undefined);
}
