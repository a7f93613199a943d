const resources = /^\/(chat|completions|conversations|embeddings|messages|models|responses)(?=\/|$)/;

/**
 * The path that a request means. A base URL that ends in a slash makes clients ask for `//models`, one without the version for `/models`, and some
 * put a slash at the end.
 */
export function pathOf(request: Request): string {
  const path = request.url.slice(request.url.indexOf('/', request.url.indexOf('//') + 2));
  const end = path.search(/[?#]/);
  let own = end === -1 ? path : path.slice(0, end);
  if (own.includes('//')) own = own.replaceAll(/\/{2,}/g, '/');
  if (own.length > 1 && own.endsWith('/')) own = own.slice(0, -1);
  return resources.test(own) ? `/v1${own}` : own;
}
