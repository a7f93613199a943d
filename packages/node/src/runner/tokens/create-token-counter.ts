import { GatewayError, type Turn } from '@claude-code-api/gateway';
import { request, type Dispatcher } from 'undici';
import * as z from 'zod';
import { toJson, type PreparedTurn } from '@claude-code-api/gateway/messages-api';
import { withDeadline } from '../../basics/with-deadline.ts';
import { createApiDispatcher } from './create-api-dispatcher.ts';
import { createKeyHeaders, type Headers, type KeyHolder } from './create-key-headers.ts';
import { notCounted, noKey, tooSlow, toRefusal, withoutSecrets } from './count-errors.ts';
import { toCountBody } from './to-count-body.ts';

export interface TokenCounterOptions {
  readonly launcher: KeyHolder;
  /** Says a turn in terms of what its model takes; undefined for one of which not all is known that the model hears. */
  readonly prepare: (turn: Turn) => Promise<PreparedTurn | undefined>;
}

export interface TokenCounter {
  /**
   * Asks the API how many input tokens a turn has; undefined where that can't be asked.
   *
   * @throws {GatewayError} What the API refuses, or what keeps it from being asked; on an abort, the signal's reason.
   */
  count(turn: Turn, signal: AbortSignal): Promise<number | undefined>;
  close(): Promise<void>;
}

const longestMs = 30_000;
const maxReplyBytes = 65_536;
/** The statuses by which a gateway in the API's place says that it has no such endpoint. */
const noSuchEndpoint: ReadonlySet<number> = new Set([404, 405, 501]);
const counted = z.looseObject({ input_tokens: z.int().min(1) });
const refused = z.looseObject({ error: z.looseObject({ type: z.string().catch(''), message: z.string() }) });

/**
 * Counts tokens by the API itself, with the key that the CLI is logged in by: no turn of the CLI counts without being answered.
 *
 * @see https://platform.claude.com/docs/en/api/messages-count-tokens
 */
export function createTokenCounter({ launcher, prepare }: TokenCounterOptions): TokenCounter {
  const { environment } = launcher;
  const keyHeaders = createKeyHeaders(launcher);
  const url = `${(environment['ANTHROPIC_BASE_URL'] || 'https://api.anthropic.com').replace(/\/+$/, '')}/v1/messages/count_tokens`;
  let dispatcher: Dispatcher | undefined;

  async function ask(turn: PreparedTurn, key: Headers, signal: AbortSignal): Promise<number | undefined> {
    const { body, betas } = toCountBody(turn, environment['ANTHROPIC_BETAS']);
    dispatcher ??= createApiDispatcher(environment);
    const headers = {
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': 'claude-code-api',
      'anthropic-version': '2023-06-01',
      ...key,
      // The CLI takes none from the operator's headers either.
      'anthropic-beta': betas.join(','),
    };
    const response = await request(url, { method: 'POST', headers, body: toJson(body), dispatcher, signal });
    const { statusCode: status } = response;
    const reply = parseJson(await readText(response.body));
    if (status === 200) return counted.parse(reply).input_tokens;
    const error = refused.safeParse(reply).data?.error;
    // Where it is the model that is not there, the message says so.
    if (noSuchEndpoint.has(status) && !/\bmodel\b/.test(error?.message ?? '')) return undefined;
    throw toRefusal(response, error, turn.model);
  }

  return {
    async count(given, source) {
      const key = await keyHeaders().catch((cause: unknown) => {
        throw noKey(given.model, cause);
      });
      const turn = key === undefined ? undefined : await prepare(given);
      if (key === undefined || turn === undefined) return undefined;
      const timeoutMs = Math.min(given.timeoutMs ?? longestMs, longestMs);
      return withDeadline(source, timeoutMs, async (signal) => {
        try {
          return await ask(turn, key, signal);
        } catch (error) {
          source.throwIfAborted();
          if (GatewayError.isInstance(error)) throw withoutSecrets(error, key);
          throw signal.aborted ? tooSlow() : notCounted(error);
        }
      });
    },
    close: async () => dispatcher?.destroy(),
  };
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxReplyBytes) throw new Error('its reply is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
