import { describedOperation, describedReply, problemsOf } from './described-operations.ts';

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
 * @param mayBeOthers Whether what the document does not know may be of another server, or of a gateway that is mounted below a path.
 */
export async function checkReply(request: Pick<Request, 'method' | 'url'>, response: Response, mayBeOthers = false): Promise<Response> {
  const { status, headers } = response;
  const method = request.method === 'HEAD' ? 'get' : request.method.toLowerCase();
  const path = pathOf(request);
  if (method === 'options' || response.body === null || status === 499) return response;
  // Of a test that counts its steps.
  if (headers.get('x-request-id') === 'unchecked') return response;
  const note = (problem: string): void => void unlikeReplies.push(`${method} ${path} ${status}: ${problem}`);
  const operation = describedOperation(method, path);
  if (operation === undefined) {
    if (status !== 404 && !mayBeOthers) note('there is no such route in the document');
    return response;
  }
  const { headers: known = {}, content = {} } = describedReply(operation, status);
  for (const name of headers.keys()) {
    if (/^(x-|anthropic-|request-id|retry-after)/.test(name) && !transport.has(name) && !(name in known)) note(`an unknown header ${name}`);
  }
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  const described = content[type];
  if (described === undefined) note(`an unknown content type ${type}`);
  else if (type === 'text/event-stream') return new Response(checkedEvents(response.body, described.schema, note), { status, headers });
  else if (type === 'application/json' && request.method !== 'HEAD') {
    const text = await response.text();
    for (const problem of problemsOf(JSON.parse(text), described.schema)) note(`${problem} of ${text.slice(0, 1000)}`);
    return new Response(text, { status, headers });
  }
  return response;
}

/** Passes a stream on as it is read, so that it waits, and is left, as without. */
function checkedEvents(
  body: ReadableStream<Uint8Array>,
  schema: Parameters<typeof problemsOf>[1],
  note: (problem: string) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let count = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        controller.enqueue(value);
        const frames = (rest + decoder.decode(value, { stream: true })).split('\n\n');
        rest = frames.pop() ?? '';
        for (const frame of frames) if ((count += 1) <= maxEvents) for (const problem of problemsOfFrame(frame, schema)) note(problem);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

function problemsOfFrame(frame: string, schema: Parameters<typeof problemsOf>[1]): string[] {
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
