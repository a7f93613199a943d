import { createServer } from 'node:http';
import { createApp } from '@claude-code-api/node';

const claude = await createApp();

const server = createServer((incoming, outgoing) => {
  if (!incoming.url.startsWith('/claude/')) {
    outgoing.end('My own server');
    return;
  }
  incoming.url = incoming.url.slice('/claude'.length);
  claude.listener(incoming, outgoing);
});
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`Claude answers at http://127.0.0.1:${server.address().port}/claude/v1`);
});

process.once('SIGTERM', () => {
  server.close(() => void claude.close());
});
