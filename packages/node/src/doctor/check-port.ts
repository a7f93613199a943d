import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Settings } from '../config/settings-schema.ts';
import { type CheckResult, messageOf } from './check-result.ts';

/** Whether the server's address can be had. */
export async function checkPort({ server: { host, port } }: Settings): Promise<CheckResult> {
  const server = createServer();
  try {
    server.listen({ host, port });
    await once(server, 'listening');
    return { status: 'ok', what: port === 0 ? `${host}, any free port` : `${host}, port ${port} is free` };
  } catch (error) {
    return { status: 'fail', ...problemOf(error, host, port) };
  } finally {
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  }
}

function problemOf(error: unknown, host: string, port: number): { readonly what: string; readonly advice: string } {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return {
        what: `${host}, port ${port} is in use`,
        advice: 'End what listens there, unless it is this very server, or choose another port in server.port.',
      };
    case 'EACCES':
      return { what: `${host}, port ${port} is not for this user`, advice: 'Choose a port above 1023 in server.port.' };
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return {
        what: `this machine has no address '${host}'`,
        advice: 'Set server.host to one that it has: 127.0.0.1, or 0.0.0.0 for all.',
      };
    default:
      return { what: `${host}, port ${port}: ${messageOf(error)}`, advice: 'Choose others in server.host and server.port.' };
  }
}
