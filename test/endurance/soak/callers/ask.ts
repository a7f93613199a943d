import { readStream } from '../../../support/chat/read-stream.ts';
import type { Failure } from '../problems/ended.ts';

/** What came back. */
export interface Answer {
  readonly text: string;
  readonly toolCalls: readonly { readonly id: string; readonly function: { readonly name: string; readonly arguments: string } }[];
  readonly conversationId: string | undefined;
  /** As in `hit`. */
  readonly cache: string | null;
  /** Told by a status of its own, or in the stream. */
  readonly failure?: Failure;
}

export interface AskOptions {
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** Undefined where the server asks for none. */
  readonly key?: string | undefined;
}

/** Nothing takes longer that does not hang. */
const patienceMs = 100_000;

/**
 * Asks, and reads the answer to its end.
 *
 * @throws What is not HTTP or not an answer; the signal's reason.
 */
export async function ask(url: string, body: object, options: AskOptions): Promise<Answer> {
  const response = await post(url, body, options);
  const nothing = {
    text: '',
    toolCalls: [],
    conversationId: response.headers.get('x-conversation-id') ?? undefined,
    cache: response.headers.get('x-cache'),
  };
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) {
    const { text, errors, isDone, finishReasons } = await readStream(response);
    if (errors.length > 0) return { ...nothing, failure: toFailure(response.status, errors[0]) };
    if (!isDone || finishReasons.join() !== 'stop') throw new Error(`A stream that does not end as it should, after: ${text}`);
    return { ...nothing, text };
  }
  const answer: unknown = await response.json();
  if (!response.ok) return { ...nothing, failure: toFailure(response.status, answer) };
  const { message } = (answer as { choices: [{ message: { content: string | null; tool_calls?: Answer['toolCalls'] } }] }).choices[0];
  return { ...nothing, text: message.content ?? '', toolCalls: message.tool_calls ?? [] };
}

/**
 * Leaves as soon as something was said; gives the error when one came instead.
 *
 * @throws What is not HTTP or not a stream; the signal's reason.
 */
export async function askAndLeave(url: string, body: object, { requestId, signal, key }: AskOptions): Promise<Failure | undefined> {
  const leaving = new AbortController();
  const response = await post(url, { ...body, stream: true }, { requestId, key, signal: AbortSignal.any([signal, leaving.signal]) });
  if (!response.ok) return toFailure(response.status, await response.json());
  let told = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    told += decoder.decode(chunk as Uint8Array, { stream: true });
    const error = /^data: (\{"error".*)$/m.exec(told)?.[1];
    if (error !== undefined) return toFailure(response.status, JSON.parse(error));
    if (told.includes('"content":"You')) break;
    if (told.includes('[DONE]')) throw new Error(`A stream that says something else: ${told.slice(0, 300)}`);
  }
  leaving.abort();
  return undefined;
}

function post(url: string, body: object, { requestId, signal, key }: AskOptions): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-request-id': requestId,
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ model: 'sonnet', ...body }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
  });
}

function toFailure(status: number, body: unknown): Failure {
  const { error } = body as { error: { code: string | null; type: string; message: string } };
  return { status, code: error.code ?? error.type, message: error.message };
}
