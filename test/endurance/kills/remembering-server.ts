/**
 * A server in a process of its own that remembers conversations; in the place of Claude stands a script, here or on other machines; or one
 * of those machines. Takes which of that it is as JSON, prints its URL, and tells each warning on stderr.
 *
 * An answer is a name that no other has, and what was heard as a hash. Words in the last text change that: `[plain]`: the
 * same answer for whoever says the same; `[size:1000]`: so many characters more; `[fail:first]` and `[fail:half]`: it
 * fails; `[gate:x]`: it says half, and the rest when the test has opened the gate.
 */
import { serve } from '@hono/node-server';
import { readFile } from 'node:fs/promises';
import { createGateway, GatewayError, type ClaudeRunner, type Logger, type Turn, type TurnEvent } from '@claude-code-api/gateway';
import { addRunnerRoutes, createRemoteRunner } from '@claude-code-api/gateway/remote-runner';
import { systemText } from '@claude-code-api/gateway/runner-kit';
import { createScriptedRunner, textScript, type Script } from '@claude-code-api/gateway/testing';
import { createConversationStore } from '@claude-code-api/gateway/stores';
import { createStorageBackend, hashKey } from '@claude-code-api/node';
import { Hono } from 'hono';
import { createGates } from '../model/create-gates.ts';
import { toAnswer, type Heard } from '../model/to-answer.ts';
import type { RememberingPart, RememberingStorage } from './start-remembering-server.ts';

const part = JSON.parse(process.argv[2] ?? '') as RememberingPart;
const token = 'the one that both know';
const ignore = (): void => {};
const tell = (details: { readonly error?: unknown }, message: string): void =>
  console.error(`${message}: ${String(details.error)}`.replaceAll('\n', ' '));
const logger: Logger = { debug: ignore, info: ignore, warn: tell, error: tell };

const gates = createGates();
const processName = process.pid.toString(36);
let answers = 0;
let lastHeard = '';

function heardIn(turn: Turn): Heard {
  const messages = turn.messages.map(({ role, content }) => ({
    role,
    texts: content.map((block) => ('text' in block ? block.text : block.type)),
  }));
  return { system: systemText(turn.system), messages };
}

const script: Script = async function* (turn, signal) {
  const heard = heardIn(turn);
  const last = heard.messages.at(-1)?.texts.at(-1) ?? '';
  const words = new Map(Array.from(last.matchAll(/\[(\w+):?([\w-]*)\]/g), ([, word = '', value = '']) => [word, value]));
  const failure = new GatewayError('It fails, as it was told.', { status: 500, code: 'told_to_fail' });
  if (words.get('fail') === 'first') throw failure;
  const name = words.has('plain') ? 'plain' : `${processName}-${(answers += 1)}`;
  const answer = toAnswer(name, heard, Number(words.get('size') ?? 0));
  const events = [...(textScript([answer.slice(0, 5), answer.slice(5)])(turn, signal) as Iterable<TurnEvent>)];
  // Something must have been said.
  const begun = events.findIndex(({ type }) => type === 'text-delta') + 1;
  yield* events.slice(0, begun);
  if (words.get('fail') === 'half') throw failure;
  const gate = words.get('gate');
  if (gate !== undefined) await gates.wait(gate);
  yield* events.slice(begun);
};

/** What runs the turns of a server; it notes what was heard. */
function createRunner(machines: string | undefined): ClaudeRunner {
  const runner =
    machines === undefined
      ? createScriptedRunner({ script, keepTurns: false })
      : createRemoteRunner({ machines: () => machinesIn(machines), token, pollMs: 1000, logger: { ...logger, info: ignore } });
  return {
    ...runner,
    run(turn, signal, spending) {
      lastHeard = JSON.stringify(heardIn(turn));
      return runner.run(turn, signal, spending);
    },
  };
}

async function machinesIn(file: string): Promise<string[]> {
  return (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
}

/** Gates are where the script is. */
async function askMachines(file: string, path: string): Promise<void> {
  const asked = (await machinesIn(file)).map(async (url) => void (await (await fetch(url + path)).text()));
  await (path.startsWith('/control/waiting') ? Promise.any(asked) : Promise.allSettled(asked));
}

async function control(path: string): Promise<Response> {
  const [, , what, gate = ''] = path.split('/');
  if (part.machines !== undefined && gate !== '') await askMachines(part.machines, path);
  else if (what === 'open') gates.open(gate);
  else if (what === 'waiting') await gates.arrival(gate);
  return new Response(lastHeard);
}

interface Served {
  fetch(request: Request): Response | Promise<Response>;
  close(): Promise<void>;
}

function createMachine(): Served {
  const app = new Hono();
  const runner = createScriptedRunner({ script, keepTurns: false });
  addRunnerRoutes(app, runner, { tokenHashes: [hashKey(token)], queue: { maxRunning: 20 }, logger });
  return { fetch: (request) => app.fetch(request), close: () => runner.close() };
}

async function createServer(storage: RememberingStorage): Promise<Served> {
  const backend = await createStorageBackend({ ...storage, logger });
  const store = createConversationStore({ backend, ttlMs: 3_600_000, logger });
  const gateway = createGateway({ runner: createRunner(part.machines), conversations: { store }, logger });
  return {
    fetch: (request) => gateway.fetch(request),
    async close() {
      await store.close();
      await backend.close();
    },
  };
}

const served = part.storage === undefined ? createMachine() : await createServer(part.storage);
const server = serve(
  {
    fetch: async (request: Request) => {
      const { pathname } = new URL(request.url);
      return pathname.startsWith('/control/') ? control(pathname) : served.fetch(request);
    },
    port: 0,
    hostname: '127.0.0.1',
    overrideGlobalObjects: false,
  },
  (address) => console.log(`http://127.0.0.1:${address.port}`),
);

process.on('SIGTERM', () => {
  server.close(() => void served.close().then(() => process.exit(0)));
  if ('closeAllConnections' in server) server.closeAllConnections();
});
