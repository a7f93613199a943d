import { GatewayError } from '../gateway-error.ts';
import type { Access } from './route.ts';

export interface GuardOptions {
  /** Names that the gateway may be called by, without ports; undefined: any. */
  readonly allowedHosts: readonly string[] | undefined;
  /** Whether web pages of an origin may call it. */
  readonly allowsOrigin: (origin: string) => boolean;
  /** Whether nothing new is begun any more. */
  readonly isStopping: () => boolean;
}

/**
 * Makes what refuses requests before anything is done for them. Where the names are known by which the gateway may be called, a web page
 * can't reach it under a name of its own that stands for the same address (DNS rebinding), nor from another origin.
 */
export function createGuard({ allowedHosts, allowsOrigin, isStopping }: GuardOptions): (request: Request, access?: Access) => void {
  const hosts = allowedHosts && new Set(allowedHosts.map((host) => host.toLowerCase()));

  function checkHost(request: Request): void {
    if (hosts === undefined) return;
    const host = (request.headers.get('host') ?? hostOf(request.url) ?? '').toLowerCase();
    const name = host.replace(/:\d*$/, '');
    if (!hosts.has(name)) throw unknownHost(name);
    const origin = request.headers.get('origin');
    if (origin === null || allowsOrigin(origin) || hostOf(origin)?.toLowerCase() === host) return;
    throw foreignOrigin();
  }

  return (request, access) => {
    checkHost(request);
    // What operators may end is of most use to them then.
    if (access !== 'admin' && request.method !== 'GET' && request.method !== 'HEAD' && isStopping()) throw stopping();
  };
}

/** `http://localhost:8080/path` is at `localhost:8080`. */
function hostOf(url: string): string | undefined {
  return /^[a-z]+:\/\/([^/]+)/i.exec(url)?.[1];
}

function unknownHost(name: string): GatewayError {
  return new GatewayError(
    `This server is not to be called by the name '${name}'. Call it by localhost or 127.0.0.1; its operator can allow more names.`,
    { status: 403, code: 'host_not_allowed', option: 'access.allowedHosts' },
  );
}

function foreignOrigin(): GatewayError {
  return new GatewayError('Web pages of this origin may not call this server. Its operator can let them.', {
    status: 403,
    code: 'origin_not_allowed',
    option: 'access.corsOrigins',
  });
}

function stopping(): GatewayError {
  return new GatewayError('The server is shutting down. Please try again.', {
    status: 503,
    code: 'shutting_down',
    retryAfterSeconds: 1,
  });
}
