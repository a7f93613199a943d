import { createApp } from '@claude-code-api/node';
import { Hono } from 'hono';

const claude = await createApp();

const app = new Hono();
app.get('/', (c) => c.text('My own server'));
app.mount('/claude', claude.fetch);

const onListen = ({ port }) => console.log(`Claude answers at http://127.0.0.1:${port}/claude/v1`);
const server = Deno.serve({ port: Number(Deno.env.get('PORT') ?? 3000), hostname: '127.0.0.1', onListen }, app.fetch);

Deno.addSignalListener('SIGTERM', async () => {
  await server.shutdown();
  await claude.close();
  Deno.exit();
});
