import { createGateway, type ClaudeRunner, type Insight } from '@claude-code-api/gateway';
import { Hono } from 'hono';

/** A server of your own, with Claude Code under `/claude`: clients use `https://your.host/claude/v1` as their base URL. */
export function createApp(runner: ClaudeRunner, insight?: Insight): Hono {
  const gateway = createGateway({ runner, models: { aliases: { assistant: 'sonnet' } }, ...(insight !== undefined && { insight }) });
  const app = new Hono();
  app.get('/', (c) => c.text('My own server'));
  // `mount`, not `route`: the gateway keeps its own errors and its own 404.
  app.mount('/claude', gateway.fetch);
  return app;
}
