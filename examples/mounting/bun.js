import { createApp } from '@claude-code-api/node';
import { Hono } from 'hono';

const claude = await createApp();

const app = new Hono();
app.get('/', (c) => c.text('My own server'));
app.mount('/claude', claude.fetch);

// Bun would end a connection on which nothing is sent for ten seconds; the gateway keeps silent streams alive every fifteen.
const server = Bun.serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: '127.0.0.1', idleTimeout: 60 });
console.log(`Claude answers at http://127.0.0.1:${server.port}/claude/v1`);

process.once('SIGTERM', () => {
  // Requests that are under way end first, and then what was begun for them.
  void server.stop().then(() => claude.close());
});
