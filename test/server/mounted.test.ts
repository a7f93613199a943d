import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { createGateway } from '@claude-code-api/gateway';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { expect, test } from 'vitest';

test('a body parser before the gateway is named, and nobody waits for the body', async () => {
  const gateway = createGateway({ runner: createScriptedRunner() });
  const listener = getRequestListener((request) => gateway.fetch(request), { overrideGlobalObjects: false });
  // As express.json() does.
  const server = createServer((incoming, outgoing) => {
    incoming.resume().once('end', () => void listener(incoming, outgoing));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] }),
    });
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({
      error: { code: 'body_already_read', message: expect.stringContaining('express.json()') as string },
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
