import type { TurnLimiter } from '../../engine/turn-limiter.ts';
import type { AddRoute, Handle } from '../../http/route.ts';
import type { ClaudeRunner } from '../../ports/claude-runner.ts';
import { GatewayError } from '../../gateway-error.ts';
import type { Insight, Page } from '../../ports/insight.ts';

export interface OperationRoutesOptions extends HealthOptions {
  /** Undefined: there is only `/health`. */
  readonly insight: Insight | undefined;
  /** For browsers at `GET /`. */
  readonly welcome: Page | undefined;
  /** By their paths. */
  readonly documents: Readonly<Record<string, () => Promise<Response | Page>>> | undefined;
}

interface HealthOptions {
  readonly runner: ClaudeRunner;
  readonly limiter: TurnLimiter;
  readonly isStopping: () => boolean;
}

/** What tells how the gateway is: `GET /health`, `/stats`, `/metrics` and `/dashboard`; and what ends a request that runs, `DELETE /requests/{id}`. */
export function addOperationRoutes(add: AddRoute, { insight, welcome, documents, ...options }: OperationRoutesOptions): void {
  addWelcome(add, welcome);
  for (const [path, read] of Object.entries(documents ?? {})) {
    add('GET', path, async () => toResponse(await read()), { access: 'anyone' });
  }
  add('GET', '/health', createHealth(options), { access: 'anyone' });
  if (insight !== undefined) addInsightRoutes(add, insight);
}

/** 200, or 503 when turns would fail or are not begun any more. The details are for those who may know of all callers. */
function createHealth({ runner, limiter, isStopping }: HealthOptions): Handle {
  return async (c, { caller }) => {
    const { healthy, problem, details } = await runner.health();
    const stopping = isStopping();
    const status = stopping ? 'stopping' : healthy ? 'ok' : 'unavailable';
    return c.json(
      {
        status,
        ...(problem !== undefined && { problem }),
        ...(caller.admin === true && { turns: limiter.state(), ...details }),
      },
      healthy && !stopping ? 200 : 503,
    );
  };
}

/** The page by itself tells nothing, so anyone may have it: it asks for a key where one is needed. */
function addInsightRoutes(add: AddRoute, insight: Insight): void {
  add('GET', '/stats', async (c) => c.json(await insight.stats()), { access: 'admin' });
  add(
    'GET',
    '/metrics',
    async () => {
      const { contentType, text } = await insight.metrics();
      return new Response(text, { headers: { 'content-type': contentType } });
    },
    { access: 'admin' },
  );
  // By DELETE, which no page of another origin may send unasked.
  add(
    'DELETE',
    '/requests/:id',
    async (c) => {
      const id = c.req.param('id') ?? '';
      if (insight.cancelRequest?.(id)) return c.json({ id, object: 'request', deleted: true });
      throw new GatewayError('No such request runs here.', { status: 404, code: 'request_not_found' });
    },
    { access: 'admin' },
  );
  const { dashboard } = insight;
  if (dashboard === undefined) return;
  add('GET', '/dashboard', async () => toResponse(dashboard), { access: 'anyone' });
}

function toResponse(made: Response | Page): Response {
  if (!('html' in made)) return made;
  const { html, policy } = made;
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
    vary: 'accept',
  };
  return new Response(html, { headers });
}

/** `GET /`: a page for browsers. Clients that look whether a server is there ask by HEAD. */
function addWelcome(add: AddRoute, page: Page | undefined): void {
  add(
    'GET',
    '/',
    async ({ req: { raw } }) => {
      if (raw.method === 'HEAD') return new Response(null);
      if (page !== undefined && raw.headers.get('accept')?.includes('text/html') === true) return toResponse(page);
      throw new GatewayError('Invalid URL (GET /)', { status: 404, code: 'unknown_url' });
    },
    { access: 'anyone' },
  );
}
