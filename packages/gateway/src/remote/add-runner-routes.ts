import type { Context, Hono } from 'hono';
import { createTurnLimiter } from '../engine/turn-limiter.ts';
import { GatewayError } from '../gateway-error.ts';
import { createBodyBudget } from '../http/body/body-budget.ts';
import { readBody } from '../http/body/read-body.ts';
import type { ClaudeRunner } from '../ports/claude-runner.ts';
import { type Logger, silentLogger } from '../ports/logger.ts';
import { type Sha256, webSha256 } from '../ports/sha256.ts';
import { randomId } from '../basics/random-id.ts';
import { createGatewayWatch } from './gateway-watch.ts';
import { createMachine } from './machine.ts';
import { createMediaMemory } from './media-memory.ts';
import {
  countRequestSchema,
  paths,
  protocolVersion,
  stateRequestSchema,
  toWireError,
  turnRequestSchema,
  versionHeader,
  type TurnRequest,
} from './protocol.ts';
import { streamTurn } from './stream-turn.ts';
import { putMediaIn } from './take-media-out.ts';

/** Who may run turns on a machine, and how many. */
export interface RunnerRoutesOptions {
  /** What is kept of the tokens that gateways may show: `sha256:` and the SHA-256 of each, in hexadecimal. One is enough; several let one be changed. */
  readonly tokenHashes: readonly string[];
  /** Turns that run at once, turns that wait for a place, and the longest wait in milliseconds. Default: 10, 100 and 60,000. */
  readonly queue?: { readonly maxRunning?: number; readonly maxWaiting?: number; readonly timeoutMs?: number };
  /** The largest turn that is read, pictures and documents included, in bytes. Default: 134,217,728. */
  readonly maxTurnBytes?: number;
  /** The most bytes of all turns together that are being read. Default: twice `maxTurnBytes`. */
  readonly maxHeldBytes?: number;
  /** The most characters of base64 of pictures and documents that are kept, so that they need not be sent again. Default: 134,217,728. */
  readonly maxMediaCharacters?: number;
  /** How long a gateway may be silent, in milliseconds, before its turns are ended. Default: 30,000. */
  readonly gatewaySilenceMs?: number;
  /** How many processes wait, and how busy each core is. Default: not known. */
  readonly processes?: () => Promise<{ readonly warm: number; readonly live: number; readonly load: number }>;
  /** Whether nothing new is begun any more. Default: never. */
  readonly isStopping?: () => boolean;
  /** Where to write what happens. Default: nowhere. */
  readonly logger?: Logger;
  /** Default: by WebCrypto. */
  readonly sha256?: Sha256;
}

const megabyte = 1_048_576;
const whatThisIs =
  'This port runs turns for gateways of Claude Code API, which show a token. It is no public API: callers ask the gateway.\n';

/**
 * Lets gateways run turns on this machine's runner, from an app that serves nothing else. The runner is closed by whoever made it.
 *
 * @see `createRemoteRunner` for the gateway's side.
 */
export function addRunnerRoutes(app: Hono, runner: ClaudeRunner, options: RunnerRoutesOptions): void {
  const { logger = silentLogger, sha256 = webSha256, queue = {}, maxTurnBytes = 128 * megabyte, isStopping = () => false } = options;
  const limiter = createTurnLimiter({
    maxConcurrent: queue.maxRunning ?? 10,
    maxQueued: queue.maxWaiting ?? 100,
    queueTimeoutMs: queue.timeoutMs ?? 60_000,
  });
  const machine = createMachine({ runner, limiter, places: queue.maxRunning ?? 10, isStopping, processes: options.processes });
  const media = createMediaMemory(options.maxMediaCharacters ?? 128 * megabyte);
  const watch = createGatewayWatch(options.gatewaySilenceMs ?? 30_000);
  const budget = createBodyBudget({ maxBytes: options.maxHeldBytes ?? 2 * maxTurnBytes, maxBytesPerTenant: Number.POSITIVE_INFINITY });

  async function readJson(request: Request): Promise<unknown> {
    const held = budget('');
    try {
      return JSON.parse(new TextDecoder().decode(await readBody(request, { maxBytes: maxTurnBytes, held })));
    } catch (error) {
      throw error instanceof SyntaxError ? malformed('it is not JSON') : error;
    } finally {
      held.release();
    }
  }

  async function runTurn(request: Request): Promise<Response> {
    if (isStopping()) throw shuttingDown();
    const asked = toTurnRequest(await readJson(request));
    const { tenant } = asked.turn;
    media.keep(tenant, asked.media);
    const { turn, lacking } = putMediaIn(asked.turn, (name) => media.find(tenant, name));
    if (lacking.length > 0) return Response.json({ lacking }, { status: 409 });
    return streamTurn({ ...asked, turn }, { runner, limiter, machine, watch, signal: request.signal, logger });
  }

  type Handle = (c: Context) => Response | Promise<Response>;
  function add(method: 'GET' | 'POST', path: string, handle: Handle): void {
    app.on(method, path, async (c) => {
      const request = c.req.raw;
      let response: Response;
      try {
        await checkToken(request, options.tokenHashes, sha256);
        checkVersion(request);
        response = await handle(c);
      } catch (error) {
        response = toFailure(error, logger);
      }
      response.headers.set(versionHeader, String(protocolVersion));
      return response;
    });
  }

  add('POST', paths.turns, (c) => runTurn(c.req.raw));
  add('POST', paths.count, async (c) => {
    const parsed = countRequestSchema.safeParse(await readJson(c.req.raw));
    if (!parsed.success) throw malformed('it is no turn');
    return Response.json({ tokens: (await runner.countTokens?.(parsed.data.turn, c.req.raw.signal)) ?? null });
  });
  add('GET', paths.models, async () => Response.json({ models: await runner.models() }));
  add('GET', paths.abilities, async (c) => Response.json({ abilities: (await runner.abilities?.(c.req.query('model') ?? '')) ?? null }));
  add('POST', paths.forget, async (c) => {
    const body = await readJson(c.req.raw);
    const { tenant, conversation } = typeof body === 'object' && body !== null ? { tenant: '', conversation: '', ...body } : {};
    if (typeof tenant !== 'string' || typeof conversation !== 'string') throw malformed('it names no conversation');
    await runner.forget?.(tenant, conversation);
    return Response.json({});
  });
  add('POST', paths.state, async (c) => {
    const { data } = stateRequestSchema.safeParse(await readJson(c.req.raw));
    if (data !== undefined) watch.heard(data.gateway, data.turns);
    return Response.json(await machine.state());
  });
  // For whoever watches over the machine: it tells no more than whether it is well.
  app.get(paths.health, async () => {
    const { healthy } = await machine.state();
    const status = isStopping() ? 'stopping' : healthy ? 'ok' : 'unavailable';
    return Response.json({ status }, { status: status === 'ok' ? 200 : 503 });
  });
  app.get('/', () => new Response(whatThisIs, { headers: { 'content-type': 'text/plain; charset=utf-8' } }));
  app.notFound(() => toFailure(new GatewayError(whatThisIs.trim(), { status: 404, code: 'unknown_url' }), logger));
}

function toTurnRequest(body: unknown): TurnRequest {
  const parsed = turnRequestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw malformed(parsed.error.issues[0]?.path.join('.') ?? 'it is no turn');
}

/** Checks a token. The time that it takes tells nothing of any token: whole hashes are compared, and all of them. */
async function checkToken(request: Request, hashes: readonly string[], sha256: Sha256): Promise<void> {
  const token = /^bearer[ \t]+(.+)$/i.exec(request.headers.get('authorization')?.trim() ?? '')?.[1];
  const shown = `sha256:${await sha256(token ?? randomId())}`;
  let isKnown = false;
  for (const hash of hashes) {
    let difference = hash.length ^ shown.length;
    for (let at = 0; at < shown.length; at += 1) difference |= shown.charCodeAt(at) ^ hash.charCodeAt(at % Math.max(1, hash.length));
    if (difference === 0) isKnown = true;
  }
  if (token === undefined || !isKnown)
    throw new GatewayError('This machine does not know the token.', { status: 401, code: 'invalid_token' });
}

function checkVersion(request: Request): void {
  const version = request.headers.get(versionHeader);
  if (version === String(protocolVersion)) return;
  throw new GatewayError(
    `This machine speaks version ${protocolVersion} with gateways, and was spoken to in ${version ?? 'none'}: install the same release on both.`,
    { status: 400, code: 'version_mismatch' },
  );
}

function toFailure(thrown: unknown, logger: Logger): Response {
  const isKnown = GatewayError.isInstance(thrown);
  if (!isKnown) logger.error({ error: thrown }, 'a request of a gateway failed');
  const error = isKnown ? thrown : new GatewayError('The machine failed. Its log says more.', { status: 500 });
  return Response.json({ error: toWireError(error) }, { status: error.status, headers: error.headers });
}

function malformed(what: string): GatewayError {
  return new GatewayError(`The machine can't read this request of a gateway: ${what}.`, { status: 400, code: 'invalid_request' });
}

function shuttingDown(): GatewayError {
  return new GatewayError('The machine is shutting down.', { status: 503, code: 'shutting_down', retryAfterSeconds: 1 });
}
