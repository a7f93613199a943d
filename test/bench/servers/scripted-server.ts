/**
 * A server in a process of its own, for load and memory. Prints its URL; its `/health` tells the memory that it holds after a
 * garbage collection. It is one of these:
 * - `gateway`: the gateway alone, with a scripted runner
 * - `bare`: a Hono route that reads and parses the same body and returns the same bytes
 * - `server`: the whole server with the settings given, with a scripted runner
 * - `live`: the same with the real CLI
 * - `paced`: the same with a runner that answers many streams at a steady pace
 * - `bare-stream`: a Hono route that streams the same
 * - `clocked`: the same with a runner whose answers say when their pieces were given
 * - `machine`: a machine that has this runner, for gateways
 * - `steady-machine`, `brisk-machine`: the same with a runner whose turns each go at a steady pace, and with that of `brisk`
 * - `remote`: the whole server with the settings given, its turns on a machine
 * - `brisk`: the gateway alone with a runner that gives each event as soon as it is asked for
 * - `bare-brisk`: a Hono route that streams the same
 * - `copier`: a server that only copies the lines of a process
 * - `cli-copier`: the same of the real CLI, for one conversation; its API is where the setting `api` says
 * - `generous`: the whole server with a runner that gives as much as is taken, and tells how much that was
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { createGateway, type ClaudeRunner } from '@claude-code-api/gateway';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { Hono } from 'hono';
import { requestSchema } from '../../../packages/gateway/src/dialects/chat-completions/request/request-schema.ts';
import { createBareBriskRoute, createBareStreamRoute } from './bare-stream-route.ts';
import { createBriskRunner } from './brisk-runner.ts';
import { createClockedRunner } from './clocked-runner.ts';
import { createGenerousRunner } from './generous-runner.ts';
import { createPacedRunner } from './paced-runner.ts';
import { serveCopiedLines } from './serve-copied-lines.ts';
import { createSteadyRunner } from './steady-runner.ts';

interface Started {
  readonly url: string;
  close(): unknown;
}

const [, , kind, flags = '{}'] = process.argv;
const started = await start();
process.on('SIGTERM', () => void end());
console.log(started.url);

async function end(): Promise<void> {
  await started.close();
  process.exit(0);
}

async function start(): Promise<Started> {
  if (kind === 'bare-stream') return serveAlone(createBareStreamRoute());
  if (kind === 'bare') return serveAlone(await bareRoute());
  if (kind === 'copier') return serveCopiedLines();
  if (kind === 'cli-copier') return (await import('./serve-cli-lines.ts')).serveCliLines((JSON.parse(flags) as { api: string }).api);
  if (kind === 'bare-brisk') return serveAlone(createBareBriskRoute());
  if (kind === 'gateway' || kind === 'brisk')
    return serveAlone(createGateway({ runner: tellMemory(runnerOf(kind)), queue: { maxRunning: 1000 } }).fetch);
  // The gateway alone is measured without what only a whole server loads.
  const { serveMachine, serveRemote, serveWhole } = await import('./serve-whole.ts');
  const settings = JSON.parse(flags) as Record<string, string>;
  if (kind?.endsWith('machine') === true) return serveMachine(settings, runnerOf(kind));
  if (kind === 'remote') return serveRemote(settings);
  return serveWhole({ settings, runner: kind === 'live' ? undefined : runnerOf(kind), wrap: tellMemory });
}

function runnerOf(serverKind: string | undefined): ClaudeRunner {
  if (serverKind === 'paced') return createPacedRunner();
  if (serverKind === 'generous') return createGenerousRunner();
  if (serverKind === 'clocked' || serverKind === 'machine') return createClockedRunner();
  if (serverKind === 'brisk' || serverKind === 'brisk-machine') return createBriskRunner();
  if (serverKind === 'steady-machine') return createSteadyRunner();
  return createScriptedRunner({ keepTurns: false });
}

/** Also tells how long this process has worked. */
async function serveAlone(fetch: (request: Request) => Response | Promise<Response>): Promise<Started> {
  const answer = (request: Request): Response | Promise<Response> =>
    request.url.endsWith('/cpu') ? Response.json(process.cpuUsage()) : fetch(request);
  const server = serve({ fetch: answer, port: 0, hostname: '127.0.0.1', overrideGlobalObjects: false });
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

async function bareRoute(): Promise<(request: Request) => Response | Promise<Response>> {
  const gateway = createGateway({ runner: createScriptedRunner() });
  const body = await (
    await gateway.request('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] }),
    })
  ).text();
  const app = new Hono();
  app.post('/v1/chat/completions', async (c) => {
    const { success } = requestSchema.safeParse(await c.req.json());
    return c.body(success ? body : '{}', success ? 200 : 400, { 'content-type': 'application/json' });
  });
  return app.fetch;
}

/** The same runner, whose health also tells the memory of this process, in bytes, and how long it has worked. */
function tellMemory(runner: ClaudeRunner): ClaudeRunner {
  return {
    ...runner,
    async health() {
      const health = await runner.health();
      // What the first lets go of, the second takes away.
      globalThis.gc?.();
      globalThis.gc?.();
      const { heapUsed, external, rss } = process.memoryUsage();
      const { user, system } = process.cpuUsage();
      const told = { memory: { heapBytes: heapUsed + external, residentBytes: rss }, cpuMs: (user + system) / 1000 };
      return { ...health, details: { ...health.details, ...told } };
    },
  };
}
