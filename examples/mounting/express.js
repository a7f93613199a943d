import { createApp } from '@claude-code-api/node';
import express from 'express';

const claude = await createApp();

const app = express();
// Before any body parser and any compression: the gateway reads bodies itself, and its streams go out as they come.
app.use('/claude', claude.listener);
app.use(express.json());
app.get('/', (_request, response) => {
  response.send('My own server');
});

const port = Number(process.env.PORT ?? 3000);
const server = app.listen(port, '127.0.0.1', () => console.log(`Claude answers at http://127.0.0.1:${server.address().port}/claude/v1`));

process.once('SIGTERM', () => {
  server.close(() => void claude.close());
});
