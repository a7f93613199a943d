import { GatewayError } from '../gateway-error.ts';

/** What OpenAI and Anthropic have endpoints for, and why there are none here. */
const missing: Readonly<Record<string, string>> = {
  audio: 'Claude neither hears nor speaks',
  images: 'Claude makes no images; it reads those in messages',
  videos: 'Claude makes no videos',
  moderations: 'Claude has no moderation of its own',
  rerank: 'Claude does not rank',
  files: 'this server keeps no files; send them within messages',
  uploads: 'this server keeps no files; send them within messages',
  batches: 'this server has no batches; send the requests one by one',
  assistants: 'this server has no assistants; use the Responses API, or chat completions',
  threads: 'this server has no threads; use conversations, the Responses API, or chat completions',
  conversations: 'this server keeps no conversations',
  fine_tuning: 'Claude can not be trained here',
  vector_stores: 'this server keeps no vectors',
  realtime: 'Claude neither hears nor speaks; use streams',
  containers: 'this server has no containers',
  evals: 'this server has no evaluations',
  organization: 'this server knows nothing of an organization; its own statistics are at /stats',
  organizations: 'this server knows nothing of an organization; its own statistics are at /stats',
  skills: 'this server has no skills',
};

const missingPath = new RegExp(String.raw`^/v1/(?:(?:chat/completions|messages|responses)/)?(${Object.keys(missing).join('|')})(?:/|$)`);

/**
 * The 404 for what no route is for, or the 426 for a WebSocket, which says what to do where that can be told.
 *
 * @param known The paths that are there, by any method.
 */
export function wrongAddress(request: Request, path: string, known: ReadonlySet<string>): GatewayError {
  // Codex looks for this status, and posts then; any other it takes for a failure, and tries again.
  if (request.headers.get('upgrade')?.toLowerCase() === 'websocket')
    return new GatewayError(`This server has no WebSockets: POST ${path}.`, { status: 426 });
  const invalid = `Invalid URL (${request.method} ${path})`;
  const why = whyNot(request, path, known);
  return new GatewayError(why === undefined ? invalid : `${invalid}: ${why}.`, { status: 404, code: 'unknown_url' });
}

function whyNot(request: Request, path: string, known: ReadonlySet<string>): string | undefined {
  if (known.has(path)) return undefined;
  const meant = [...known].find((each) => each.startsWith('/v1/') && path.endsWith(each.slice('/v1'.length)));
  if (meant !== undefined || path.lastIndexOf('/v1/') > 0) return baseUrlAdvice(request, meant);
  const [, name = ''] = missingPath.exec(path) ?? [];
  return missing[name];
}

/** Anthropic's clients put the version before each path themselves. */
function baseUrlAdvice({ url }: Request, meant: string | undefined): string {
  const { origin } = new URL(url);
  const { end, base } = meant?.startsWith('/v1/messages') === true ? { end: '', base: origin } : { end: '/v1', base: `${origin}/v1` };
  return `the base URL for your client is ${base}, ${end === '' ? 'without' : 'with one'} /v1${meant === undefined ? '' : `, and makes it ask for ${meant}`}`;
}
