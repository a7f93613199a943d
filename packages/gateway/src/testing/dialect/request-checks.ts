import type { JsonObject } from '../../turn/tool.ts';
import { turnFields, type Turn } from '../../turn/turn.ts';
import type { DialectContractOptions } from '../dialect-contract.ts';
import { createScriptedRunner, textScript, type ScriptedRunner } from '../create-scripted-runner.ts';
import type { ContractCheck } from '../runner-contract.ts';
import { must, mustBeSame, mustFit } from './expectations.ts';
import { post } from './post.ts';

/** A body, and the turn that comes of it. */
export interface RequestRow {
  readonly name: string;
  /** Put over the least that can be asked. */
  readonly body: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the runner gets: of objects some keys, and undefined for what is not there. */
  readonly turn: { readonly [Key in keyof Turn]?: unknown };
  /** What of the body has no effect, in its own names. Default: nothing. */
  readonly ignored?: readonly string[];
}

/** A body that is no request of the dialect's. */
export interface MalformedRow {
  readonly name: string;
  /** Put over the least that can be asked. */
  readonly body: JsonObject;
  /** Where it is wrong, as the error says it: `messages[0].content`. */
  readonly param: string;
}

/** What a request becomes, whole and streamed; what has no effect is named, and refused in strict mode. */
export function requestChecks(options: DialectContractOptions): ContractCheck[] {
  return [
    ...options.requests.map((row) => ({ name: `request: ${row.name}`, run: () => checkRequest(row, options) })),
    ...options.malformed.map((row) => ({ name: `malformed: ${row.name}`, run: () => checkMalformed(row, options) })),
    ...['{', '', '[]', 'null', '7', '"text"'].map((text) => ({
      name: `malformed: ${text || 'nothing'}`,
      run: async () => checkRefused(await post(options.serve(createScriptedRunner()), options.dialect.path, text)),
    })),
    { name: 'a request is data, and the same body is the same request', run: async () => checkData(options) },
  ];
}

/** Its answers fit most schemas. */
function newRunner(): ScriptedRunner {
  return createScriptedRunner({ script: textScript(['{}']) });
}

async function checkRequest({ body, headers, turn, ignored = [] }: RequestRow, options: DialectContractOptions): Promise<void> {
  const { dialect, serve, streamed = { stream: true } } = options;
  const named = ignored.length === 0 ? null : ignored.join(', ');
  for (const form of [{}, streamed]) {
    const runner = newRunner();
    const response = await post(serve(runner), dialect.path, { ...options.body, ...body, ...form }, { headers });
    const text = await response.text();
    must(response.status === 200, `it is answered with a 200, not a ${response.status}: ${text.slice(0, 500)}`);
    mustFit(runner.turns[0], turn, 'turn');
    mustFit(response.headers.get('x-ignored-parameters'), named, 'x-ignored-parameters');
  }
  const strict = { headers: { ...headers, 'x-strict-parameters': 'true' } };
  const response = await post(serve(newRunner()), dialect.path, { ...options.body, ...body }, strict);
  if (ignored[0] === undefined) must(response.status === 200, 'strict mode takes what has an effect');
  else await checkRefused(response, ignored[0]);
}

async function checkMalformed({ body, param }: MalformedRow, options: DialectContractOptions): Promise<void> {
  const { dialect, serve, streamed = { stream: true } } = options;
  for (const form of [{}, streamed]) {
    const runner = createScriptedRunner();
    await checkRefused(await post(serve(runner), dialect.path, { ...options.body, ...body, ...form }), param);
    must(runner.turns.length === 0, 'what is malformed reaches no runner');
  }
}

async function checkRefused(response: Response, param?: string): Promise<void> {
  const text = await response.text();
  must(response.status === 400, `it is refused with a 400, not a ${response.status}: ${text.slice(0, 500)}`);
  must(typeof JSON.parse(text) === 'object', 'an error is a JSON object');
  must(param === undefined || text.includes(param), `the error names ${param}: ${text.slice(0, 500)}`);
}

function checkData({ dialect, body, requests, streamed = { stream: true } }: DialectContractOptions): void {
  for (const row of requests) {
    const given = { ...body, ...row.body };
    const before = JSON.stringify(given);
    const headers = new Headers(row.headers);
    const [one, other] = [dialect.parse(given, headers), dialect.parse(structuredClone(given), headers)];
    const streams = (of: ReturnType<typeof dialect.toTurnRequest>): boolean => [of].flat().some((each) => each.streamed);
    const asked = dialect.toTurnRequest(one);
    mustBeSame(asked, dialect.toTurnRequest(other), 'the request');
    mustBeSame(structuredClone(asked), asked, 'the copy of the request');
    must(JSON.stringify(given) === before, 'reading a body leaves it as it is');
    must(!streams(asked), 'a body asks for no stream by itself');
    must(streams(dialect.toTurnRequest(dialect.parse({ ...given, ...streamed }, headers))), 'a body can ask for a stream');
    for (const field of turnFields) must(dialect.nameOf(one, field) !== '', `it has a name for ${field}`);
  }
}
