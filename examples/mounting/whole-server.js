import { createServer } from '@claude-code-api/node';

const server = await createServer({
  server: { port: 0 }, // any free one
  models: { aliases: { 'gpt-4o': 'sonnet' } },
  profiles: { reader: { tools: ['Read', 'Grep'], working_directory: process.cwd() } },
});
console.log(`Claude answers at ${server.url}/v1`);
const models = await server.app.request('/v1/models', { headers: { host: 'localhost' } }); // the same, without HTTP
console.log((await models.json()).data.map(({ id }) => id));
await server.close(); // or `stop()`, which lets running turns end; then nothing of it is left
