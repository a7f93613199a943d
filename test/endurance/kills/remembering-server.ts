/**
 * A server in a process of its own that remembers conversations; in the place of Claude stands a script. Takes where to
 * remember them as JSON, prints its URL, and tells each warning on stderr.
 *
 * An answer is a name that no other has, and what was heard as a hash. Words in the last text change that: `[plain]`: the
 * same answer for whoever says the same; `[size:1000]`: so many characters more; `[fail:first]` and `[fail:half]`: it
 * fails; `[gate:x]`: it says half, and the rest when the test has opened the gate.
 */
import { serve } from '@hono/node-server';
import { createGateway, GatewayError, type Logger, type TurnEvent } from '@claude-code-api/gateway';
import { systemText } from '@claude-code-api/gateway/runner-kit';
import { createScriptedRunner, textScript, type Script } from '@claude-code-api/gateway/testing';
import { createConversationStore } from '@claude-code-api/gateway/stores';
import { createStorageBackend } from '@claude-code-api/node';
import { createGates } from '../model/create-gates.ts';
import { toAnswer } from '../model/to-answer.ts';
import type { RememberingStorage } from './start-remembering-server.ts';

const storage = JSON.parse(process.argv[2] ?? '') as RememberingStorage;
const ignore = (): void => {};
const tell = (details: { readonly error?: unknown }, message: string): void =>
  console.error(`${message}: ${String(details.error)}`.replaceAll('\n', ' '));
const logger: Logger = { debug: ignore, info: ignore, warn: tell, error: tell };

const gates = createGates();
const processName = process.pid.toString(36);
let answers = 0;
let lastHeard = '';

const script: Script = async function* (turn, signal) {
  const texts = turn.messages.map(({ role, content }) => ({
    role,
    texts: content.map((block) => ('text' in block ? block.text : block.type)),
  }));
  lastHeard = JSON.stringify({ system: systemText(turn.system), messages: texts });
  const words = new Map(
    Array.from(
      texts
        .at(-1)
        ?.texts.at(-1)
        ?.matchAll(/\[(\w+):?([\w-]*)\]/g) ?? [],
      ([, word = '', value = '']) => [word, value],
    ),
  );
  const failure = new GatewayError('It fails, as it was told.', { status: 500, code: 'told_to_fail' });
  if (words.get('fail') === 'first') throw failure;
  const name = words.has('plain') ? 'plain' : `${processName}-${(answers += 1)}`;
  const answer = toAnswer(name, { system: systemText(turn.system), messages: texts }, Number(words.get('size') ?? 0));
  const events = [...(textScript([answer.slice(0, 5), answer.slice(5)])(turn, signal) as Iterable<TurnEvent>)];
  // Something must have been said.
  const begun = events.findIndex(({ type }) => type === 'text-delta') + 1;
  yield* events.slice(0, begun);
  if (words.get('fail') === 'half') throw failure;
  const gate = words.get('gate');
  if (gate !== undefined) await gates.wait(gate);
  yield* events.slice(begun);
};

const backend = await createStorageBackend({ ...storage, logger });
const store = createConversationStore({ backend, ttlMs: 3_600_000, logger });
const gateway = createGateway({
  runner: createScriptedRunner({ script, keepTurns: false }),
  conversations: { store },
  logger: { ...logger, warn: tell },
});

async function control(path: string): Promise<Response> {
  const [, , what, gate = ''] = path.split('/');
  if (what === 'open') gates.open(gate);
  if (what === 'waiting') await gates.arrival(gate);
  return new Response(lastHeard);
}

const server = serve(
  {
    fetch: async (request: Request) => {
      const { pathname } = new URL(request.url);
      return pathname.startsWith('/control/') ? control(pathname) : gateway.fetch(request);
    },
    port: 0,
    hostname: '127.0.0.1',
    overrideGlobalObjects: false,
  },
  (address) => console.log(`http://127.0.0.1:${address.port}`),
);

process.on('SIGTERM', () => {
  server.close(
    () =>
      void store
        .close()
        .then(() => backend.close())
        .then(() => process.exit(0)),
  );
  if ('closeAllConnections' in server) server.closeAllConnections();
});
