import type { Insight } from '../../ports/insight.ts';
import type { AddRoute } from '../../http/create-routes.ts';

/** `GET /stats`, `/metrics` and `/dashboard`. The page by itself tells nothing, so anyone may have it: it asks for a key where one is needed. */
export function addInsightRoutes(add: AddRoute, insight: Insight): void {
  add('GET', '/stats', async (c) => c.json(await insight.stats()), 'admin');
  add(
    'GET',
    '/metrics',
    async () => {
      const { contentType, text } = await insight.metrics();
      return new Response(text, { headers: { 'content-type': contentType } });
    },
    'admin',
  );
  const { dashboard } = insight;
  if (dashboard === undefined) return;
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': dashboard.policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  };
  add('GET', '/dashboard', async () => new Response(dashboard.html, { headers }), 'anyone');
}
