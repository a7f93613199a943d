import { createApp } from '@claude-code-api/node';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const claude = await createApp({ models: { aliases: { assistant: 'sonnet' } } });

const app = new Hono();
app.get('/', (c) => c.text('My own server'));
// `mount`, not `route`: the gateway keeps its own errors and its own 404.
app.mount('/claude', claude.fetch);

const options = { fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: '127.0.0.1', overrideGlobalObjects: false };
const server = serve(options, ({ port }) => console.log(`Claude answers at http://127.0.0.1:${port}/claude/v1`));

process.once('SIGTERM', () => {
  // Requests that are under way end first, and then what was begun for them.
  server.close(() => void claude.close());
});
