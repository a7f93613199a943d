import * as z from 'zod/mini';
import { GatewayError } from '../../gateway-error.ts';
import { linkAbort } from '../../basics/waiting.ts';

/** Another server, which speaks OpenAI's API. */
export interface EmbeddingsOptions {
  /** Its base URL, with the version: `http://localhost:11434/v1`. */
  readonly url: string;
  /** What it knows this server by. Default: nothing is sent. */
  readonly key?: string;
  /** The models that callers may ask it for, by its own names; those with `models` of their own, of these. */
  readonly models: readonly string[];
  /** The longest it may take before a 504. Default: 60,000. */
  readonly timeoutMs?: number;
  /** Default: the runtime's own. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

export interface FetchedEmbeddings {
  /** The whole reply, as JSON. */
  readonly json: string;
  /** 0 where the other server does not say. */
  readonly tokens: number;
}

export interface FetchEmbeddingsOptions extends EmbeddingsOptions {
  /** A longer reply is refused. */
  readonly maxBytes: number;
  /** Counts the bytes of the reply as they come. */
  readonly hold: (bytes: number) => void;
  readonly signal: AbortSignal;
}

const usage = z.looseObject({ total_tokens: z.nullish(z.number().check(z.minimum(0))) });
const reply = z.looseObject({ data: z.array(z.unknown()), usage: z.nullish(usage) });
const problem = z.looseObject({ error: z.union([z.string(), z.looseObject({ message: z.string() })]) });
const defaultTimeoutMs = 60_000;
/** What a server says of what it refuses is short. */
const maxProblemBytes = 65_536;
/** What the caller can mend; all else is between the two servers. */
const callerStatuses: ReadonlySet<number> = new Set([400, 404, 413, 422, 429]);

/**
 * Asks the other server. Of the caller's request it gets the body, and nothing else.
 *
 * @throws {GatewayError} What the other server refuses, in its own words where the caller can mend it; 502 where it does not answer as it should,
 * 504 where it takes too long.
 */
export async function fetchEmbeddings(body: object, options: FetchEmbeddingsOptions): Promise<FetchedEmbeddings> {
  const { url, key, timeoutMs = defaultTimeoutMs, maxBytes, signal, fetch: send = fetch } = options;
  // Signals of `AbortSignal.any` can be collected as garbage before they tell.
  const ending = linkAbort(signal);
  const timer = setTimeout(() => ending.abort(), timeoutMs);
  try {
    const response = await send(`${url.replace(/\/+$/, '')}/embeddings`, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(body),
      // It would send the key to wherever it is told.
      redirect: 'manual',
      signal: ending.signal,
    });
    if (!response.ok) throw await toRefusal(response, key);
    const json = await readText(response, maxBytes, options.hold);
    const parsed = reply.safeParse(toJson(json));
    if (!parsed.success) throw failed('sent something else than embeddings');
    return { json: withoutKey(json, key), tokens: parsed.data.usage?.total_tokens ?? 0 };
  } catch (thrown) {
    signal.throwIfAborted();
    if (GatewayError.isInstance(thrown)) throw thrown;
    if (ending.signal.aborted) throw failed(`did not answer within ${timeoutMs} ms`, { status: 504, code: 'timeout' });
    throw failed('can not be reached', { cause: thrown });
  } finally {
    clearTimeout(timer);
  }
}

async function toRefusal(response: Response, key: string | undefined): Promise<GatewayError> {
  const { status } = response;
  if (!callerStatuses.has(status)) {
    void response.body?.cancel().catch(() => {});
    return failed(status === 401 || status === 403 ? "does not take this server's key" : `answered with the status ${status}`);
  }
  const text = await readText(response, maxProblemBytes, () => {});
  const parsed = problem.safeParse(toJson(text));
  const { error } = parsed.data ?? { error: `status ${status}` };
  const said = typeof error === 'string' ? error : error.message;
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new GatewayError(`The server of the embeddings says: ${withoutKey(said, key)}`, {
    status: status === 422 ? 400 : status,
    code: status === 429 ? 'rate_limit_exceeded' : 'embeddings_refused',
    retryAfterSeconds: Number.isFinite(seconds) ? seconds : undefined,
  });
}

/** Nobody is told the key, whatever the other server says of it. */
function withoutKey(text: string, key: string | undefined): string {
  return key === undefined ? text : text.replaceAll(key, '********');
}

/** @throws {GatewayError} 502 for more bytes than that. */
async function readText({ body }: Response, maxBytes: number, hold: (bytes: number) => void): Promise<string> {
  if (body === null) return '';
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = '';
  let size = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.byteLength;
      if (size > maxBytes) throw failed(`sent more than ${maxBytes} bytes; ask for fewer embeddings at once`);
      hold(next.value.byteLength);
      text += decoder.decode(next.value, { stream: true });
    }
  } catch (error) {
    void reader.cancel().catch(() => {});
    throw error;
  }
  return text + decoder.decode();
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failed(what: string, more: { readonly status?: number; readonly code?: string; readonly cause?: unknown } = {}): GatewayError {
  return new GatewayError(`The server that this one gets embeddings from ${what}.`, {
    status: 502,
    code: 'embeddings_unavailable',
    ...more,
  });
}
