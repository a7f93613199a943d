/** The address beside this page, which may stand below a path. `fetch` refuses one with a user in it. */
export function urlOf(path) {
  const url = new URL(path, location.href);
  url.username = '';
  url.password = '';
  return url;
}

/** Asks the server, with the key where there is one. */
export function ask(path, key, { body, signal, method = body === undefined ? 'GET' : 'POST' } = {}) {
  const headers = { accept: 'application/json, text/event-stream' };
  if (key !== undefined) headers.authorization = `Bearer ${key}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  return fetch(urlOf(path), { method, headers, signal, cache: 'no-store', body: body === undefined ? undefined : JSON.stringify(body) });
}

/** An error with what the server says of it, as far as it says anything. */
export async function problemOf(response) {
  const body = await response.json().catch(() => undefined);
  return toProblem(body?.error, response);
}

export function toProblem(said, { status, headers }) {
  const { message, code } = said ?? {};
  return Object.assign(new Error(typeof message === 'string' ? message : `The server answers with status ${status}.`), {
    status,
    code: typeof code === 'string' ? code : undefined,
    requestId: headers.get('x-request-id') ?? undefined,
  });
}
