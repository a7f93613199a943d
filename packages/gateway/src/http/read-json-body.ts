import { GatewayError } from '../gateway-error.ts';
import { isTooDeep } from './is-too-deep.ts';

/**
 * Reads a request's body as JSON, of a bounded size. Only `application/json` is taken: a web page can't send that to
 * another origin without being asked for permission first.
 *
 * @param empty What an empty body stands for, whatever its content type. Absent: an empty body is refused.
 * @throws {GatewayError} 400 for another content type, malformed JSON or JSON that is nested too deeply, 413 for a body over `maxBytes`.
 */
export async function readJsonBody(request: Request, maxBytes: number, empty?: object): Promise<unknown> {
  const contentType = request.headers.get('content-type') ?? '';
  const isJson = contentType === 'application/json' || /^application\/([\w.+-]*\+)?json\b/i.test(contentType);
  if (!isJson && empty === undefined) throw unsupportedType(contentType);
  const length = request.headers.get('content-length');
  if (Number(length) > maxBytes) throw tooLarge(maxBytes);
  const text = length === null ? await readBounded(request, maxBytes) : await request.text();
  if (text === '' && empty !== undefined) return empty;
  if (!isJson) throw unsupportedType(contentType);
  const body = parseJson(text);
  if (isTooDeep(body)) throw invalidBody('The JSON body of your request is nested too deeply.');
  return body;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidBody(
      'We could not parse the JSON body of your request. The API expects a JSON payload, but what was sent is not valid JSON.',
    );
  }
}

/** Counts a body that does not tell its length while it comes. */
async function readBounded(request: Request, maxBytes: number): Promise<string> {
  if (request.body === null) return '';
  const decoder = new TextDecoder();
  let size = 0;
  let text = '';
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function unsupportedType(contentType: string): GatewayError {
  return invalidBody(
    `The content type '${contentType}' is not supported. Send the body as JSON with the header 'content-type: application/json'.`,
  );
}

function invalidBody(message: string): GatewayError {
  return new GatewayError(message, { status: 400, type: 'invalid_request_error' });
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(`The body of your request is larger than the ${maxBytes} bytes that this server takes (server.max_body_bytes).`, {
    status: 413,
    type: 'invalid_request_error',
    code: 'request_too_large',
  });
}
