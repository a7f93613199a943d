import { describedOperation, describedReply, problemsOf, type JsonSchema } from './described-operations.ts';

/** What replies have told otherwise than the document says, in this process. */
export const unlikeReplies: string[] = [];

const resources = /^\/(chat|completions|conversations|embeddings|messages|models|responses)(?=\/|$)/;
/** Of how a reply travels. */
const transport = new Set(['x-accel-buffering', 'x-content-type-options']);
/** Events of one stream; one test's may be very long, and one like the other. */
const maxEvents = 1000;

/**
 * Holds a reply of a gateway to the document, and gives one like it; what differs is kept in `unlikeReplies`.
 *
 * @param isFetched Whether it has come over HTTP: then what the document does not know may be of another server, or of a gateway that is mounted
 * below a path.
 */
export async function checkReply(request: Pick<Request, 'method' | 'url'>, response: Response, isFetched = false): Promise<Response> {
  const { status, headers, body } = response;
  const method = request.method === 'HEAD' ? 'get' : request.method.toLowerCase();
  const path = pathOf(request);
  if (method === 'options' || body === null || status === 499) return response;
  // Of a test that counts its steps.
  if (headers.get('x-request-id') === 'unchecked') return response;
  const note = (problem: string): void => void unlikeReplies.push(`${method} ${path} ${status}: ${problem}`);
  const operation = describedOperation(method, path);
  if (operation === undefined) {
    // What no route is for is a 404, and a 426 where a WebSocket was to be opened.
    if (status !== 404 && status !== 426 && !isFetched) note('there is no such route in the document');
    return response;
  }
  const { headers: known = {}, content = {} } = describedReply(operation, status);
  for (const name of headers.keys()) {
    if (/^(x-|anthropic-|request-id|retry-after)/.test(name) && !transport.has(name) && !(name in known)) note(`an unknown header ${name}`);
  }
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  const described = content[type];
  if (described === undefined) note(`an unknown content type ${type}`);
  if (described === undefined || request.method === 'HEAD') return response;
  const check = (text: string): void => {
    for (const problem of problemsOf(JSON.parse(text), described.schema)) note(`${problem} of ${text.slice(0, 1000)}`);
  };
  if (type === 'text/event-stream') return new Response(tapped(body, checkEvents(described.schema, note)), { status, headers });
  if (type !== 'application/json') return response;
  if (isFetched) {
    let text = '';
    return new Response(tapped(body, { piece: (piece) => void (text += piece), end: () => check(text) }), { status, headers });
  }
  const text = await response.text();
  check(text);
  return new Response(text, { status, headers });
}

/** What looks at a text as it passes. */
interface Tap {
  piece(text: string): void;
  end?(): void;
}

/** Passes a body on as it is read, so that it waits, fails and is left as without. */
function tapped(body: ReadableStream<Uint8Array>, tap: Tap): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) {
          tap.end?.();
          controller.close();
          return;
        }
        controller.enqueue(value);
        tap.piece(decoder.decode(value, { stream: true }));
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

function checkEvents(schema: JsonSchema, note: (problem: string) => void): Tap {
  let rest = '';
  let count = 0;
  return {
    piece(text) {
      if (count > maxEvents) return;
      const frames = (rest + text).split('\n\n');
      rest = frames.pop() ?? '';
      for (const frame of frames.slice(0, maxEvents - count)) for (const problem of problemsOfFrame(frame, schema)) note(problem);
      count += frames.length;
    },
  };
}

function problemsOfFrame(frame: string, schema: JsonSchema): string[] {
  const [, name, data = ''] = /^(?:event: (\S+)\n)?data: ([^\n]*)$/.exec(frame) ?? [];
  if (data === '[DONE]' || frame.startsWith(':')) return [];
  if (data === '') return [`no event: ${frame}`];
  const event = JSON.parse(data) as { readonly type?: unknown };
  const misnamed = name !== undefined && name !== event.type ? [`an event ${name} of type ${String(event.type)}`] : [];
  return [...misnamed, ...problemsOf(event, schema).map((problem) => `${problem} of ${data.slice(0, 1000)}`)];
}

/** As the gateway reads addresses. */
function pathOf({ url }: Pick<Request, 'url'>): string {
  const path = new URL(url).pathname.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
  return resources.test(path) ? `/v1${path}` : path;
}
