export interface TurnRequest {
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface TurnReply {
  readonly status: number;
  /** The id of the conversation that the reply names. */
  readonly id: string | undefined;
  readonly answer: string;
  /** Of a refusal, or of a stream that broke off. */
  readonly errorCode: string | undefined;
}

interface ReplyBody {
  readonly conversation_id?: string;
  readonly choices?: readonly { readonly message?: { readonly content?: string }; readonly delta?: { readonly content?: string } }[];
  readonly error?: { readonly code: string | null };
}

/** Whoever has heard why an answer ended has all of it, also when the connection breaks after that. */
async function readStream({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const bytes of body ?? []) text += decoder.decode(bytes, { stream: true });
  } catch (error) {
    if (text.includes('"finish_reason":"stop"') && text.endsWith('\n\n')) return text;
    throw error;
  }
  if (!text.endsWith('data: [DONE]\n\n')) throw new Error('The stream has no end.');
  return text;
}

/**
 * Asks for a chat completion, streamed when its body says so, and reads the reply to its end.
 *
 * @throws {Error} When the server has gone before that, or names the conversation in two ways.
 */
export async function askTurn(url: string, { body, headers, signal }: TurnRequest): Promise<TurnReply> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'sonnet', ...body }),
    ...(signal !== undefined && { signal }),
  });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const text = isStream ? await readStream(response) : await response.text();
  const told = (isStream ? text.split('\n\n').filter((event) => event.startsWith('data: {')) : [`data: ${text}`]).map(
    (event) => JSON.parse(event.slice('data: '.length)) as ReplyBody,
  );
  const id = told[0]?.conversation_id;
  if (response.ok && (response.headers.get('x-conversation-id') ?? undefined) !== id)
    throw new Error(`The header names ${response.headers.get('x-conversation-id')}, the body ${id}.`);
  return {
    status: response.status,
    id,
    answer: told.map(({ choices }) => choices?.[0]?.message?.content ?? choices?.[0]?.delta?.content ?? '').join(''),
    errorCode: told.find(({ error }) => error !== undefined)?.error?.code ?? undefined,
  };
}
