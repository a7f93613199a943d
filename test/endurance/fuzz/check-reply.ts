import { isRecord } from './is-record.ts';

/** A reply that has been read to its end. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface CheckOptions {
  readonly method: string;
  /** Whether a failure on the server's side was scripted for the request. */
  readonly mayFail: boolean;
  /** What must be in no reply. */
  readonly secret: string;
}

/** Where the code is, how a stack looks, and what a schema's own words are. */
const internals = [process.cwd(), '/home/', 'node_modules', 'ZodError', '"issues"', 'unionErrors', 'invalid_union', 'unrecognized_keys'];
const stackLine = /\bat (async )?[\w$.<>[\] ]+ \(?[^\s()]+:\d+:\d+|\.[cm]?[jt]s:\d+:\d+/;
const longestError = 20_000;

/**
 * Checks what is true of every reply to whatever request.
 *
 * @throws {Error} That says what is wrong with it.
 */
export function checkReply(reply: Reply, options: CheckOptions): void {
  const { status, headers, text } = reply;
  const whole = `${[...headers].join('\n')}\n${text}`;
  if (status >= 500 && !options.mayFail) throw new Error(`status ${status}`);
  if (!/^[\x21-\x7e]{1,128}$/.test(headers.get('x-request-id') ?? '')) throw new Error('no decent x-request-id');
  for (const internal of internals) if (whole.includes(internal)) throw new Error(`it tells '${internal}'`);
  if (stackLine.test(whole)) throw new Error(`it tells a line of a stack: ${stackLine.exec(whole)?.[0]}`);
  if (whole.includes(options.secret)) throw new Error("it tells another tenant's secret");
  if (options.method === 'HEAD') return;
  if (status >= 400) {
    if (headers.get('content-type') !== 'application/json') throw new Error(`an error of the type ${headers.get('content-type')}`);
    if (text.length > longestError) throw new Error(`an error of ${text.length} characters`);
    checkErrorBody(JSON.parse(text));
  } else if (headers.get('content-type')?.startsWith('text/event-stream') === true) checkStream(text, options);
  else if (headers.get('content-type')?.startsWith('application/json') === true) JSON.parse(text);
}

function checkErrorBody(body: unknown): void {
  const error = isRecord(body) ? body['error'] : undefined;
  const keys = isRecord(error) ? Object.keys(error).toSorted().join() : '';
  const isGood =
    isRecord(body) &&
    Object.keys(body).length === 1 &&
    isRecord(error) &&
    keys === 'code,message,param,type' &&
    isText(error['message']) &&
    isText(error['type']) &&
    [error['param'], error['code']].every((value) => value === null || isText(value));
  if (!isGood) throw new Error('not an error as OpenAI tells it');
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function checkStream(text: string, { mayFail }: CheckOptions): void {
  const events = text.split('\n\n');
  if (events.pop() !== '') throw new Error('a stream whose last event does not end');
  if (events.pop() !== 'data: [DONE]') throw new Error('a stream without its end');
  for (const event of events) {
    if (!event.startsWith('data: ') || event.includes('\n')) throw new Error(`an event that is not one data line: ${event.slice(0, 100)}`);
    const chunk: unknown = JSON.parse(event.slice('data: '.length));
    if (!isRecord(chunk)) throw new Error('a chunk that is no object');
    if (!('error' in chunk)) continue;
    checkErrorBody(chunk);
    if (!mayFail) throw new Error(`an error in the stream: ${event.slice(0, 300)}`);
  }
}
