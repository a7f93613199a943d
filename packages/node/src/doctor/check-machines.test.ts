import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { loadSettings } from '../config/load-settings.ts';
import { checkMachines } from './check-machines.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A machine that is well, and says so after a while. */
async function startMachine(afterMs: number): Promise<string> {
  const room = { places: 3, running: 0, queued: 0, warm: 1, live: 0, load: 0 };
  const state = JSON.stringify({ healthy: true, draining: false, room, holds: [], details: {} });
  const server = createServer((_, response) => {
    setTimeout(() => response.writeHead(200, { 'x-runner-version': '1' }).end(state), afterMs);
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a machine that is well, but much slower than another, is told as well', async () => {
  const machines = [await startMachine(0), await startMachine(1200)];
  const flags = {
    'claude.runner': 'remote',
    'claude.machines': JSON.stringify(machines),
    'claude.runner_token': 'ccapi_of-a-test-0123456789',
  };
  expect(await checkMachines(loadSettings({ environment: {}, flags }))).toEqual({
    status: 'ok',
    what: machines.map((url) => `${url} runs 3 turns at once, 0 now; 1 processes wait`).join('\n'),
  });
});
