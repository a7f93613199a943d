import { createCliRunner, createLogger, findCli } from '@claude-code-api/node';
import { serve } from '@hono/node-server';
import { createApp } from './app.ts';

const runner = createCliRunner({ cli: await findCli({ environment: process.env }), logger: createLogger({ level: 'info' }) });
const server = serve({ fetch: createApp(runner).fetch, port: 3000, hostname: '127.0.0.1', overrideGlobalObjects: false }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}/claude/v1`);
});
process.once('SIGINT', () => {
  server.close();
  void runner.close();
});
