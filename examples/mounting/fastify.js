import { createApp } from '@claude-code-api/node';
import { fastify } from 'fastify';

const claude = await createApp();

// Its end waits for connections that clients have opened and not used yet, by default for 72 seconds.
const app = fastify({ keepAliveTimeout: 5000 });
app.get('/', async () => 'My own server');
app.register(async (scope) => {
  // Bodies are not parsed here: the gateway reads them itself.
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, _body, done) => done(null));
  scope.all('/claude/*', (request, reply) => {
    // From here on the answer is the gateway's, streams among it; hooks of yours that run before the handler have run.
    reply.hijack();
    request.raw.url = request.raw.url.slice('/claude'.length);
    claude.listener(request.raw, reply.raw);
  });
});
app.addHook('onClose', () => claude.close());

const address = await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' });
console.log(`Claude answers at ${address}/claude/v1`);
process.once('SIGTERM', () => void app.close());
