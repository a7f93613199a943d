import type { Context, Hono } from 'hono';
import type { ErrorBody } from '../dialects/dialect.ts';
import { anthropicErrorBody, isAnthropicCall } from '../dialects/messages/anthropic-error.ts';
import { openaiErrorBody } from '../dialects/openai/openai-error.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Quotas } from '../quotas/create-quotas.ts';
import type { Caller } from '../ports/caller.ts';
import { isForMessages, wrongAddress } from './wrong-address.ts';
import { recordRequest, type RecordRequestOptions } from './record-request.ts';
import type { Access, AddRoute, Handle } from './route.ts';

export interface RoutesOptions extends Omit<RecordRequestOptions, 'route' | 'errorBody'> {
  /** Undefined: everyone is one caller, who may do anything. */
  readonly callerOf: ((request: Request) => Caller | Promise<Caller>) | undefined;
  /** Undefined: nobody has any. */
  readonly quotas: Quotas | undefined;
  /** @throws {GatewayError} For a request that is not taken, whoever sends it. */
  readonly guard: (request: Request) => void;
}

/** As the log and the statistics call what no route is for. */
const unknownRoute = 'unknown';
const everyone: Caller = { tenant: '', admin: true };
const nobody: Caller = { tenant: '' };

/**
 * Gives what adds routes to the app. All are answered in one way: to whom they are for, with a request id in the reply and in the
 * log; also what no route is for. Whoever speaks to Anthropic's API hears errors in its form, on any route.
 */
export function createRoutes(app: Hono, options: RoutesOptions): AddRoute {
  // A handler by itself costs less than one behind middleware: Hono then calls nothing else.
  function toHandler(
    route: string,
    handle: Handle,
    access: Access,
    errorBody: ErrorBody = openaiErrorBody,
  ): (c: Context) => Promise<Response> {
    const recording = { ...options, route, errorBody };
    const anthropicRecording = { ...recording, errorBody: anthropicErrorBody };
    return async (c) => {
      const speaksAnthropic =
        errorBody === anthropicErrorBody || isAnthropicCall(c.req.raw) || (route === unknownRoute && isForMessages(c.req.path));
      const request = recordRequest(c, speaksAnthropic ? anthropicRecording : recording);
      let response: Response;
      let limits: Readonly<Record<string, string>> | undefined;
      try {
        options.guard(c.req.raw);
        request.caller = await identify(c.req.raw, access, options.callerOf);
        limits = access === 'counted' ? await options.quotas?.admitRequest(request.caller) : undefined;
        response = await handle(c, request);
      } catch (thrown) {
        response = request.fail(thrown);
      }
      for (const name in limits) response.headers.set(name, limits[name] ?? '');
      response.headers.set('x-request-id', request.id);
      if (speaksAnthropic) response.headers.set('request-id', request.id);
      const { upstreamRequestId } = request.record;
      if (upstreamRequestId !== undefined) response.headers.set('x-claude-request-id', upstreamRequestId);
      request.answered(response.status);
      return response;
    };
  }

  const known = new Set<string>();
  const refuse: Handle = async ({ req: { raw, path } }) => {
    throw wrongAddress(raw, path, known);
  };
  app.notFound(toHandler(unknownRoute, refuse, 'anyone'));
  return (method, path, handle, { access = method === 'GET' ? 'caller' : 'counted', errorBody } = {}) => {
    known.add(path);
    app.on(method, path, toHandler(path, handle, access, errorBody));
  };
}

async function identify(request: Request, access: Access, callerOf: RoutesOptions['callerOf']): Promise<Caller> {
  if (callerOf === undefined) return everyone;
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
  return new GatewayError(
    'You may not read the statistics of this server, which are of all its callers. Its operator can let you (admin).',
    {
      status: 403,
      code: 'insufficient_permissions',
    },
  );
}
