import { GatewayError } from '../../gateway-error.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';
import { createScriptedRunner, type Script } from '../create-scripted-runner.ts';
import type { DialectContractOptions } from '../dialect-contract.ts';
import type { ContractCheck } from '../runner-contract.ts';
import { inBlocks } from '../script-blocks.ts';
import { must, mustBeSame } from './expectations.ts';
import { post } from './post.ts';
import { sampleTurns, toScript } from '../sample-turns.ts';

const statuses = [400, 401, 403, 404, 408, 409, 413, 429, 500, 502, 503, 504, 529];
const events = inBlocks(toScript(sampleTurns.call));

/** What a server makes of it: errors of each status, errors within the stream, callers that leave. */
export function servingChecks(options: DialectContractOptions): ContractCheck[] {
  const { streamed = { stream: true } } = options;
  return [
    ...statuses.map((status) => ({ name: `error: a ${status} is told in the dialect's form`, run: () => checkStatus(status, options) })),
    { name: 'error: what fails in mid-stream is told in it', run: () => checkMidStream(options) },
    ...events.flatMap((_, index) =>
      [{}, streamed].map((form) => ({
        name: `leaving after ${index} events leaves nothing running: ${form === streamed ? 'streamed' : 'whole'}`,
        run: () => checkLeaving(index, form, options),
      })),
    ),
  ];
}

async function checkStatus(status: number, { dialect, serve, body, streamed = { stream: true } }: DialectContractOptions): Promise<void> {
  const error = new GatewayError(`It is a "${status}".`, { status, code: 'some_code', param: 'somewhere' });
  for (const form of [{}, streamed]) {
    const runner = createScriptedRunner({ script: failing([], error) });
    const response = await post(serve(runner), dialect.path, { ...body, ...form });
    must(response.status === status, `the reply has the error's status ${status}, not ${response.status}`);
    const told: unknown = await response.json();
    mustBeSame(told, dialect.errorBody(error, response.headers.get('x-request-id') ?? ''), 'the error');
    must(JSON.stringify(told).includes(JSON.stringify(error.message).slice(1, -1)), 'the error has its message');
  }
}

async function checkMidStream({ dialect, serve, body, streamed = { stream: true }, readStream }: DialectContractOptions): Promise<void> {
  const error = new GatewayError('It has failed.', { status: 502, code: 'upstream_error' });
  const runner = createScriptedRunner({ script: failing(events.slice(0, 4), error) });
  const response = await post(serve(runner), dialect.path, { ...body, ...streamed });
  must(response.status === 200 && response.headers.get('content-type') === dialect.streamType, 'a stream has the type of streams');
  const read = readStream(await response.text());
  must(read.error === error.message, `the stream ends with the error, not with ${read.error}`);
}

async function checkLeaving(count: number, form: object, { dialect, serve, body }: DialectContractOptions): Promise<void> {
  let isThere: () => void = () => {};
  const reached = new Promise<void>((resolve) => (isThere = resolve));
  const turns = { running: 0 };
  const scripted = createScriptedRunner({
    async *script() {
      yield* events.slice(0, count);
      isThere();
      await new Promise(() => {});
    },
  });
  const runner: typeof scripted = {
    ...scripted,
    async *run(...asked) {
      turns.running += 1;
      try {
        yield* scripted.run(...asked);
      } finally {
        turns.running -= 1;
      }
    },
  };
  const leaving = new AbortController();
  const reading = readUntil(post(serve(runner), dialect.path, { ...body, ...form }, { signal: leaving.signal }), leaving.signal);
  await reached;
  leaving.abort();
  await reading;
  // Generous, for busy machines: as a rule it is over by now.
  for (const end = Date.now() + 10_000; turns.running > 0 && Date.now() < end;) await new Promise((resolve) => void setTimeout(resolve, 5));
  must(turns.running === 0, `the turn of who has left after ${count} events ends`);
}

/** Reads a reply until the signal aborts, as servers do for a client: that it has left is told by both. */
async function readUntil(asked: Promise<Response>, signal: AbortSignal): Promise<void> {
  const reader = (await asked).body?.getReader();
  const cancel = (): void => void reader?.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  while ((await reader?.read())?.done === false);
}

function failing(told: readonly TurnEvent[], error: GatewayError): Script {
  return function* script() {
    yield* told;
    throw error;
  };
}
