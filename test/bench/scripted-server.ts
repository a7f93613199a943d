/**
 * A server in a process of its own, for load: `gateway` with a scripted runner, or `bare`, a Hono route that returns the
 * same bytes. Prints its URL; answers GET /memory with the heap that it holds, in bytes, after a garbage collection.
 */
import { serve } from '@hono/node-server';
import { createGateway } from '@claude-code-api/gateway';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { Hono } from 'hono';

const gateway = createGateway({ runner: createScriptedRunner({ keepTurns: false }), maxConcurrentTurns: 1000 });
const app = new Hono();

if (process.argv[2] === 'bare') {
  const body = await (
    await gateway.request('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] }),
    })
  ).text();
  app.post('/v1/chat/completions', (c) => c.body(body, 200, { 'content-type': 'application/json' }));
} else {
  app.get('/memory', (c) => {
    globalThis.gc?.();
    return c.json({ bytes: heapInUse() });
  });
  app.mount('/', gateway.fetch);
}

const server = serve(
  { fetch: process.argv[2] === 'bare' ? app.fetch : withMemory, port: 0, hostname: '127.0.0.1', overrideGlobalObjects: false },
  (address) => {
    console.log(`http://127.0.0.1:${address.port}`);
  },
);
process.on('SIGTERM', () => server.close(() => process.exit(0)));

/** The gateway itself takes the load, not a router in front of it. */
function withMemory(request: Request): Response | Promise<Response> {
  return request.url.endsWith('/memory') ? app.fetch(request) : gateway.fetch(request);
}

function heapInUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
