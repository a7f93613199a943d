/** Asks a gateway over HTTP, not streamed; the milliseconds until the whole answer is there, and its headers. */
export async function chatWhole(
  url: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly milliseconds: number; readonly headers: Headers }> {
  const begin = performance.now();
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'sonnet', ...body }),
  });
  const text = await response.text();
  const milliseconds = performance.now() - begin;
  if (!response.ok) throw new Error(`The gateway answered ${response.status}: ${text}`);
  return { milliseconds, headers: response.headers };
}
