import type { Context, Hono } from 'hono';
import type { Dialect, ErrorForm } from '../dialects/dialect.ts';
import { openaiErrorBody } from '../dialects/openai/openai-error.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Quotas } from '../quotas/create-quotas.ts';
import type { Caller } from '../ports/caller.ts';
import { wrongAddress } from './wrong-address.ts';
import { recordRequest, type RecordRequestOptions } from './record-request.ts';
import type { Access, AddRoute, Handle } from './route.ts';

export interface RoutesOptions extends Omit<RecordRequestOptions, 'route'> {
  /** Where several would do, the first does. */
  readonly dialects: readonly (ErrorForm & Pick<Dialect<unknown>, 'path'>)[];
  /** Undefined: everyone is one caller, who may do anything. */
  readonly callerOf: ((request: Request) => Caller | Promise<Caller>) | undefined;
  /** Undefined: nobody has any. */
  readonly quotas: Quotas | undefined;
  /** @throws {GatewayError} For a request that is not taken, whoever sends it. */
  readonly guard: (request: Request, access: Access) => void;
}

/** As the log and the statistics call what no route is for. */
const unknownRoute = 'unknown';
const usual: ErrorForm = { errorBody: openaiErrorBody };
const everyone: Caller = { tenant: '', admin: true };
const nobody: Caller = { tenant: '' };

/**
 * Gives what adds routes to the app. All are answered in one way: to whom they are for, with a request id in the reply and in the
 * log; also what no route is for. Clients that a dialect knows hear errors in its form, on any route.
 */
export function createRoutes(app: Hono, options: RoutesOptions): AddRoute {
  const known = new Set<string>();
  const formOfClient = (request: Request): ErrorForm | undefined => options.dialects.find(({ clients }) => clients?.sent(request));
  const formAt = (path: string): ErrorForm => options.dialects.find((dialect) => isBelow(path, dialect.path)) ?? usual;

  // A handler by itself costs less than one behind middleware: Hono then calls nothing else.
  function toHandler(route: string, handle: Handle, access: Access, formOfRoute?: ErrorForm): (c: Context) => Promise<Response> {
    const recording = { ...options, route };
    return async (c) => {
      const { errorBody, clients } = formOfClient(c.req.raw) ?? formOfRoute ?? formAt(c.req.path);
      const request = recordRequest(c, errorBody, recording);
      let response: Response;
      let limits: Readonly<Record<string, string>> | undefined;
      try {
        options.guard(c.req.raw, access);
        const { callerOf, quotas } = options;
        request.caller = callerOf === undefined ? everyone : await identify(c.req.raw, access, callerOf);
        if (access === 'counted' && quotas !== undefined) limits = await quotas.admitRequest(request.caller);
        response = await handle(c, request);
      } catch (thrown) {
        response = request.fail(thrown);
      }
      for (const name in limits) response.headers.set(name, limits[name] ?? '');
      response.headers.set('x-request-id', request.id);
      if (clients !== undefined) response.headers.set(clients.requestIdHeader, request.id);
      const { upstreamRequestId } = request.record;
      if (upstreamRequestId && /^[!-~]{1,200}$/.test(upstreamRequestId)) response.headers.set('x-claude-request-id', upstreamRequestId);
      request.answered(response.status);
      return response;
    };
  }

  const refuse: Handle = async ({ req: { raw, path } }) => {
    throw wrongAddress(raw, path, known);
  };
  app.notFound(toHandler(unknownRoute, refuse, 'anyone'));
  return (method, path, handle, { access = method === 'GET' ? 'caller' : 'counted', errorForm = usual } = {}) => {
    known.add(path);
    app.on(method, path, toHandler(path, handle, access, errorForm));
  };
}

/** Whether a path, however it begins, is a dialect's own, or one behind that. */
function isBelow(path: string, own: string): boolean {
  return `${path}/`.includes(`${own.replace(/^\/v1/, '')}/`);
}

async function identify(request: Request, access: Access, callerOf: NonNullable<RoutesOptions['callerOf']>): Promise<Caller> {
  if (access === 'anyone') {
    try {
      return await callerOf(request);
    } catch {
      return nobody;
    }
  }
  const caller = await callerOf(request);
  if (access === 'admin' && caller.admin !== true) throw notAdmin();
  return caller;
}

function notAdmin(): GatewayError {
  return new GatewayError('Your key may not do this. The operator of this server can let it (admin).', {
    status: 403,
    code: 'insufficient_permissions',
  });
}
