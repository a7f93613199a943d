/** Asks a server as whoever has the key: POSTs the body, or GETs where there is none. */
export function callWithKey(url: string, key: string | undefined, body?: object, init: RequestInit = {}): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) };
  return fetch(url, { headers, ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }), ...init });
}
