interface ToolCall {
  readonly id: string;
  readonly function: { readonly name: string };
}

export interface Chatted {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  /** From sending the request to the first text; with `stream` only. */
  readonly firstTokenMs: number;
  /** To the end of the answer. */
  readonly wholeMs: number;
}

interface Choices {
  readonly choices?: readonly {
    readonly message?: { readonly content?: string | null; readonly tool_calls?: readonly ToolCall[] };
    readonly delta?: { readonly content?: string | null };
  }[];
}

const longestMs = 20_000;

/**
 * Asks a chat completion of any gateway, as a client would.
 *
 * @throws {Error} When it fails, or says nothing.
 */
export async function chatOnce(url: string, body: { readonly stream?: boolean; readonly [key: string]: unknown }): Promise<Chatted> {
  const begin = performance.now();
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer none' },
    body: JSON.stringify({ model: 'sonnet', ...body }),
    signal: AbortSignal.timeout(longestMs),
  });
  if (!response.ok || response.body === null) throw new Error(`${response.status}: ${await response.text()}`);
  if (body.stream !== true) {
    const { choices } = (await response.json()) as Choices;
    const message = choices?.[0]?.message;
    const wholeMs = performance.now() - begin;
    return { text: message?.content ?? '', calls: message?.tool_calls ?? [], firstTokenMs: wholeMs, wholeMs };
  }
  let [text, firstTokenMs, rest] = ['', Number.NaN, ''];
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data: {')) continue;
      const more = (JSON.parse(line.slice('data: '.length)) as Choices).choices?.[0]?.delta?.content ?? '';
      if (more !== '' && text === '') firstTokenMs = performance.now() - begin;
      text += more;
    }
  }
  if (text === '') throw new Error('It says nothing.');
  return { text, calls: [], firstTokenMs, wholeMs: performance.now() - begin };
}
