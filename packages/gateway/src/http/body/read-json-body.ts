import { GatewayError } from '../../gateway-error.ts';
import { countJsonValues } from '../../json-schema/count-json-values.ts';
import { type BodyLimits, invalidBody, readBody } from './read-body.ts';

/** A history of 10,000 messages with their calls has less. */
const maxValues = 150_000;

/**
 * Reads a request's body as JSON. Only `application/json` is taken: a web page can't send that to another origin without being asked for
 * permission first.
 *
 * @param empty What an empty body stands for, whatever its content type. Absent: an empty body is refused.
 * @throws {GatewayError} As `readBody`; 415 for an unknown charset; 400 for another content type, bytes that are none of their charset, malformed
 * JSON, or JSON of too many values or levels.
 */
export async function readJsonBody(request: Request, limits: BodyLimits, empty?: object): Promise<unknown> {
  const contentType = request.headers.get('content-type') ?? '';
  const isJson = contentType === 'application/json' || /^application\/([\w.+-]*\+)?json\b/i.test(contentType);
  if (!isJson && empty === undefined) throw unsupportedType(contentType);
  const bytes = await readBody(request, limits).catch(explain);
  // One that is empty once it is decompressed had bytes too.
  const wasSent = Number(request.headers.get('content-length')) > 0 && !request.headers.has('content-encoding');
  if (bytes.byteLength === 0 && wasSent) throw readBefore();
  if (bytes.byteLength === 0 && empty !== undefined) return empty;
  if (!isJson) throw unsupportedType(contentType);
  const text = toText(bytes, /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1]);
  if (countJsonValues(text, maxValues) > maxValues)
    throw invalidBody(
      `The JSON body of your request is nested too deeply, or has more than the ${maxValues} values that this server takes.`,
    );
  return parseJson(text);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What clients send, and every runtime decodes alike. */
function toText(bytes: Uint8Array, charset = 'utf-8'): string {
  const isUtf8 = /^(utf-?8|(us-)?ascii)$/i.test(charset);
  if (!isUtf8 && !/^(iso[-_]8859-1|latin1)$/i.test(charset)) throw unsupportedCharset(charset);
  try {
    return (isUtf8 ? utf8 : new TextDecoder('iso-8859-1')).decode(bytes);
  } catch {
    throw invalidBody('The body of your request is not valid UTF-8. Send JSON as UTF-8, or name its charset in the content type.');
  }
}

function unsupportedCharset(charset: string): GatewayError {
  return new GatewayError(`The charset '${charset}' is not supported. Send the body as UTF-8.`, {
    status: 415,
    code: 'unsupported_charset',
  });
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

function unsupportedType(contentType: string): GatewayError {
  return invalidBody(
    `The content type '${contentType}' is not supported. Send the body as JSON with the header 'content-type: application/json'.`,
  );
}

function explain(error: unknown): never {
  throw error instanceof TypeError && /unusable|already|disturbed|locked/i.test(error.message) ? readBefore() : error;
}

/** Whoever mounts the gateway is at fault, not the caller. */
function readBefore(): GatewayError {
  return new GatewayError(
    'The body of this request was read before it reached the gateway: mount that before body parsers such as express.json().',
    { status: 500, code: 'body_already_read', shouldRetry: false },
  );
}
