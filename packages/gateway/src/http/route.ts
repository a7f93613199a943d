import type { Context } from 'hono';
import type { ErrorForm } from '../dialects/dialect.ts';
import type { GatewayError } from '../gateway-error.ts';
import type { RequestContext } from '../engine/request-context.ts';
import type { RequestFacts } from '../ports/insight.ts';
import { randomId } from '../basics/random-id.ts';

/** Who may ask: anyone; known callers; known callers, and the request counts for their quotas; callers who may know of all others. */
export type Access = 'anyone' | 'caller' | 'counted' | 'admin';

export interface RouteOptions {
  /** Default: `caller` for reading, `counted` for all else. */
  readonly access?: Access;
  /** How its errors are told: as this dialect's. Default: in OpenAI's form. */
  readonly errorForm?: ErrorForm;
}

/** Answers the requests for a path. */
export type AddRoute = (method: 'GET' | 'POST' | 'DELETE', path: string, handle: Handle, options?: RouteOptions) => void;

export type Handle = (c: Context, request: RouteContext) => Promise<Response>;

/** What a handler knows of the request that it answers, beside the request itself. */
export interface RouteContext extends RequestContext {
  /**
   * Reads the body, once; `empty` is what an empty one stands for, and without it an empty one is refused.
   *
   * @throws {GatewayError} As `readJsonBody`.
   */
  readonly readJson: (empty?: object) => Promise<unknown>;
  /** Lets whoever looks after the server end the request by its `caller`, while it runs; what it asks for must be in `record`. Undefined: nobody can. */
  readonly cancellable: ((caller: AbortController) => void) | undefined;
  /** What the caller is told of anything thrown. */
  readonly toldError: (thrown: unknown) => GatewayError;
  /** Says that the reply goes on behind its headers. The function that it gives is called when it has ended; what it is told first counts. */
  goOn(): (outcome: RequestFacts['outcome'], error?: unknown) => void;
}

const resources = /^\/(chat|completions|conversations|embeddings|messages|models|responses)(?=\/|$)/;

/**
 * The path that a request means. A base URL that ends in a slash makes clients ask for `//models`, one without the version for `/models`, and some
 * put a slash at the end.
 */
export function pathOf(request: Request): string {
  const path = request.url.slice(request.url.indexOf('/', request.url.indexOf('//') + 2));
  const end = path.search(/[?#]/);
  let own = end === -1 ? path : path.slice(0, end);
  if (own.includes('//')) own = own.replaceAll(/\/{2,}/g, '/');
  if (own.length > 1 && own.endsWith('/')) own = own.slice(0, -1);
  return resources.test(own) ? `/v1${own}` : own;
}

const acceptable = /^[\x21-\x7e]{1,128}$/;

/** The caller's own request id where it sent a decent one, a new one otherwise. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get('x-request-id') ?? request.headers.get('x-client-request-id');
  return given !== null && acceptable.test(given) ? given : `req_${randomId()}`;
}
