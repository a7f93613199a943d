/** What serves a dialect: a Hono app is one. */
export interface DialectServer {
  readonly request: (request: Request) => Response | Promise<Response>;
}

interface PostOptions {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal;
}

/** Sends a body, or a text in its place. */
export async function post(
  server: DialectServer,
  path: string,
  body: object | string,
  { headers = {}, ...options }: PostOptions = {},
): Promise<Response> {
  const request = new Request(new URL(path, 'http://localhost'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...options,
  });
  return server.request(request);
}
