import * as z from 'zod/mini';
import { GatewayError } from '../gateway-error.ts';
import { refuseRedirect } from '../basics/refuse-redirect.ts';
import { splitLines } from '../basics/split-lines.ts';
import { toJson } from './request/to-json.ts';
import { toTurnError } from './response/to-turn-error.ts';

export interface ApiOptions {
  readonly apiKey: string;
  /** The base URL of the API, without `/v1`. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
}

export interface ApiRequest {
  /** `/v1/messages` */
  readonly path: string;
  /** POSTed as JSON; undefined: a GET. */
  readonly body: object | undefined;
  readonly betas: readonly string[];
  /** For messages to the caller. */
  readonly model: string;
  readonly signal: AbortSignal;
}

const apiVersion = '2023-06-01';
/** The most characters that are read of an error's body. */
const maxErrorCharacters = 100_000;

const errorSchema = z.looseObject({ error: z.looseObject({ type: z.string(), message: z.string() }) });

/**
 * Asks the API.
 *
 * @returns Its answer, the body of which is still to be read.
 * @throws {GatewayError} What the API refuses, or that it can't be reached; on an abort, the signal's reason.
 */
export async function askApi({ path, body, betas, model, signal }: ApiRequest, options: ApiOptions): Promise<Response> {
  let response: Response;
  try {
    response = await options.fetch(options.baseUrl + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'x-api-key': options.apiKey,
        'anthropic-version': apiVersion,
        ...(betas.length > 0 && { 'anthropic-beta': betas.join(',') }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: toJson(body) }),
      // The key is for this address alone.
      redirect: 'manual',
      signal,
    });
    refuseRedirect(response);
  } catch (error) {
    throw signal.aborted ? signal.reason : unreachable(error);
  }
  if (response.ok) return response;
  const text = (await response.text().catch(() => '')).slice(0, maxErrorCharacters);
  throw toApiError(text, model, response);
}

/**
 * Reads a stream of server-sent events: the JSON of each.
 *
 * @throws {GatewayError} When the connection is lost, or the API says an error; on an abort, the signal's reason.
 */
export async function* readEvents(
  response: Response,
  { model, signal }: Pick<ApiRequest, 'model' | 'signal'>,
  maxLineCharacters: number,
): AsyncGenerator {
  const reader = response.body?.getReader();
  const split = splitLines(maxLineCharacters);
  try {
    for (;;) {
      const { done = true, value = new Uint8Array() } = (await reader?.read()) ?? {};
      if (done) return;
      for (const line of split(value)) {
        if (!line.startsWith('data:')) continue;
        const event: unknown = JSON.parse(line.slice('data:'.length));
        const failed = errorSchema.safeParse(event);
        if (failed.success) throw toApiError(line.slice('data:'.length), model, response);
        yield event;
      }
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw GatewayError.isInstance(error) ? error : lost(error);
  } finally {
    // What is left of the answer is not wanted.
    void reader?.cancel().catch(() => {});
  }
}

/** Statuses of errors that are told in a stream, whose own is 200. */
const streamStatuses: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  overloaded_error: 529,
};

function toApiError(text: string, model: string, { ok, status, headers }: Response): GatewayError {
  const { type = '', message = `The API answered with the status ${status}.` } = parseError(text) ?? {};
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
  const error = toTurnError({
    result: { result: message, api_error_status: ok ? (streamStatuses[type] ?? 500) : status },
    kind: type,
    retryDelayMs: retryAfter > 0 ? retryAfter * 1000 : undefined,
    model,
  });
  const upstreamRequestId = headers.get('request-id') ?? undefined;
  if (error.code !== 'claude_not_logged_in') return error.with({ upstreamRequestId });
  return error.with({ message: `The API key of this server was refused: ${message}. Its operator can renew it.`, upstreamRequestId });
}

function parseError(text: string): { readonly type: string; readonly message: string } | undefined {
  try {
    return errorSchema.safeParse(JSON.parse(text)).data?.error;
  } catch {
    return undefined;
  }
}

function unreachable(cause: unknown): GatewayError {
  return new GatewayError('The Messages API can not be reached. Please try again.', { status: 502, code: 'upstream_error', cause });
}

export function lost(cause: unknown): GatewayError {
  return new GatewayError('The connection to Claude was lost in the middle of the answer. Please try again.', {
    status: 502,
    code: 'upstream_error',
    cause,
  });
}
