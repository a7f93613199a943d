import { createCliRunner, createInsight, createLogger, findCli } from '@claude-code-api/node';
import { serve } from '@hono/node-server';
import { createApp } from './app.ts';

// Whoever reaches this server may read its statistics, as it knows no callers (`access.callerOf`).
const insight = createInsight();
const runner = createCliRunner({ cli: await findCli({ environment: process.env }), logger: createLogger({ level: 'info' }), insight });
const app = createApp(runner, insight);
const server = serve({ fetch: app.fetch, port: 3000, hostname: '127.0.0.1', overrideGlobalObjects: false }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}/claude/v1`);
});
process.once('SIGINT', () => {
  server.close();
  void runner.close();
});
