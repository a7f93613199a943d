import { handle, type ProgramEnvironment } from './handle.ts';

interface Runtime {
  readonly process: { readonly env: Readonly<Record<string, string>> };
  readonly Bun?: { serve(options: object): { readonly port: number } };
  readonly Deno?: { serve(options: object, fetch: (request: Request) => Promise<Response>): { readonly addr: { readonly port: number } } };
}

const { process, Bun, Deno } = globalThis as unknown as Runtime;
const environment = process.env as unknown as ProgramEnvironment;
const answer = (request: Request): Promise<Response> => handle(request, environment);
const place = { port: 0, hostname: '127.0.0.1' };

function say(port: number): void {
  console.log(`Claude answers at http://127.0.0.1:${port}/v1`);
}

if (Bun !== undefined) say(Bun.serve({ ...place, fetch: answer, idleTimeout: 120 }).port);
else if (Deno !== undefined) say(Deno.serve({ ...place, onListen() {} }, answer).addr.port);
else {
  const { serve } = await import('@hono/node-server');
  serve({ ...place, fetch: answer, overrideGlobalObjects: false }, ({ port }) => say(port));
}
