import * as z from 'zod/mini';
import { GatewayError } from '../gateway-error.ts';
import { pause } from '../basics/waiting.ts';
import type { ClaudeRunner, ModelPrice, TurnSpending } from '../ports/claude-runner.ts';
import { costOf } from '../models/cost-of.ts';
import { type Sha256, webSha256 } from '../ports/sha256.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { turnTimedOut } from '../turn/turn-timed-out.ts';
import type { Turn } from '../turn/turn.ts';
import { type ApiOptions, type ApiRequest, askApi, lost, readEvents } from './ask-api.ts';
import { createApiModels } from './api-models.ts';
import { nameTools } from './request/name-tools.ts';
import { type PreparedTurn, prepareTurn } from './request/prepare-turn.ts';
import { toMessagesBody } from './request/to-request-body.ts';
import { toSafeTurn } from './request/to-safe-turn.ts';
import { createStreamReader } from './response/create-stream-reader.ts';
import { readPiece, streamEventSchema } from './stream-event.ts';

/** How the Messages API is asked. */
export interface ApiRunnerOptions {
  /** A key of Anthropic's API, or of what stands in for it. A subscription's token is not one: only Claude Code may use it. */
  readonly apiKey: string;
  /** Default: `https://api.anthropic.com`. */
  readonly baseUrl?: string;
  /** What a model costs, by its full name. Default: that is not known. */
  readonly priceOf?: (model: string) => ModelPrice | undefined;
  /** How often a turn is tried again that fails before its first word for a passing reason; see `ClaudeRunner` too. Default: 2. */
  readonly maxRetries?: number;
  /** The longest line that is read of the API, in characters. Default: 67,108,864. */
  readonly maxLineCharacters?: number;
  /** Default: by WebCrypto. */
  readonly sha256?: Sha256;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
}

const firstPauseMs = 500;
const longestPauseMs = 10_000;
/** The most characters of `metadata.user_id` that the API takes. */
const maxUserCharacters = 256;
/** The fields of a request that the API counts tokens by. */
const counted = new Set(['model', 'system', 'messages', 'tools', 'tool_choice', 'thinking', 'output_config', 'context_management']);

const countAnswer = z.object({ input_tokens: z.number() });

/**
 * Runs turns by asking the Messages API itself, streamed: without a CLI or a process, on any runtime. Nothing is added to what the turn says.
 * Agents and profiles need the CLI.
 *
 * @throws {Error} For a subscription's token.
 */
export function createApiRunner(options: ApiRunnerOptions): ClaudeRunner {
  if (options.apiKey.startsWith('sk-ant-oat'))
    throw new Error('A subscription’s token is for Claude Code alone: give an API key, or run the CLI.');
  const { maxRetries = 2, sha256 = webSha256, priceOf = () => undefined, maxLineCharacters = 67_108_864 } = options;
  const baseUrl = (options.baseUrl ?? 'https://api.anthropic.com').replace(/\/+$/, '');
  const api: ApiOptions = { apiKey: options.apiKey, baseUrl, fetch: options.fetch ?? ((...given) => fetch(...given)) };
  const closing = new AbortController();
  const models = createApiModels(api, priceOf, closing.signal);

  async function prepare(turn: Turn): Promise<PreparedTurn> {
    return prepareTurn(turn, await models.abilities(turn.model));
  }

  async function toRequest(turn: PreparedTurn, signal: AbortSignal): Promise<ApiRequest> {
    const { betas = [], endUser, model } = turn;
    const isTaken = endUser !== undefined && endUser.length <= maxUserCharacters && !/\S@\S/.test(endUser);
    const user = endUser === undefined || isTaken ? endUser : (await sha256(endUser)).slice(0, 32);
    const body = { ...toMessagesBody(turn, await models.fullName(model)), ...(user !== undefined && { metadata: { user_id: user } }) };
    return { path: '/v1/messages', body, betas, model, signal };
  }

  /** Asks, and again where that may help: nothing has been said yet. */
  async function ask(request: ApiRequest): Promise<Response> {
    for (let retries = 0; ; retries += 1) {
      try {
        return await askApi(request, api);
      } catch (error) {
        if (retries >= maxRetries || !mayPass(error)) throw error;
        const pauseMs = (error.retryAfterSeconds ?? 0) * 1000 || firstPauseMs * 2 ** retries;
        if (pauseMs > longestPauseMs) throw error;
        await pause(pauseMs, request.signal);
      }
    }
  }

  async function* run(given: Turn, signal: AbortSignal, spending: TurnSpending | undefined): AsyncGenerator<TurnEvent, void, undefined> {
    const { turn, restore } = toSafeTurn(given);
    const prepared = await prepare(turn);
    try {
      const request = await toRequest(prepared, signal);
      spending?.sent();
      const response = await ask(request);
      const stream = createStreamReader({
        answerTool: prepared.answerTool,
        priceOf,
        onUsage: spending && ((usage, costUsd) => spending.used(usage, costUsd)),
        upstreamRequestId: () => response.headers.get('request-id') ?? undefined,
      });
      for await (const data of readEvents(response, request, maxLineCharacters)) {
        // Events of kinds that don't matter here, and those of the future, are passed over.
        const event = readPiece(data) ?? streamEventSchema.safeParse(data).data;
        if (event === undefined) continue;
        for (const each of stream.read(event)) {
          for (const told of restore(each)) yield told;
          if (each.type === 'turn-end') return;
        }
      }
      throw lost('the stream has no end');
    } catch (error) {
      throw signal.aborted ? signal.reason : nameTools(error, prepared);
    }
  }

  return {
    specificationVersion: 1,
    maxRetries,
    async *run(turn, callerSignal, spending) {
      callerSignal.throwIfAborted();
      closing.signal.throwIfAborted();
      if (turn.profile !== undefined) throw needsCli();
      const ending = new AbortController();
      const signal = AbortSignal.any([callerSignal, closing.signal, ending.signal]);
      const { timeoutMs } = turn;
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => ending.abort(turnTimedOut(timeoutMs)), timeoutMs);
      try {
        yield* run(turn, signal, spending);
      } finally {
        clearTimeout(timer);
        ending.abort(new Error('The turn is over.'));
      }
    },
    models: () => models.list(),
    abilities: (model) => models.abilities(model),
    costOf(model, usage) {
      const price = priceOf(models.knownName(model));
      return price && costOf(usage, price);
    },
    async countTokens(turn, signal) {
      if (turn.profile !== undefined) return undefined;
      const request = await toRequest(await prepare(toSafeTurn(turn).turn), signal);
      const body = Object.fromEntries(Object.entries(request.body ?? {}).filter(([field]) => counted.has(field)));
      return countAnswer.parse(await (await askApi({ ...request, path: '/v1/messages/count_tokens', body }, api)).json()).input_tokens;
    },
    async health() {
      try {
        await models.list();
        return { healthy: true, details: { api: baseUrl } };
      } catch (error) {
        const problem = GatewayError.isInstance(error) ? error.message : 'The Messages API answers otherwise than it should.';
        return { healthy: false, problem, details: { api: baseUrl } };
      }
    },
    async close() {
      closing.abort(shuttingDown());
    },
  };
}

function mayPass(error: unknown): error is GatewayError {
  if (!GatewayError.isInstance(error) || error.shouldRetry === false) return false;
  return error.status === 429 || error.status >= 500;
}

function needsCli(): GatewayError {
  return new GatewayError(
    'This server asks the Messages API itself. Profiles, and all that an agent does, need one that runs Claude Code.',
    {
      status: 400,
      code: 'profile_not_found',
      param: 'model',
    },
  );
}

function shuttingDown(): GatewayError {
  return new GatewayError('The server is shutting down. Please try again.', { status: 503, code: 'shutting_down', retryAfterSeconds: 1 });
}
