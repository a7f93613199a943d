/** The method and the path without its query, as in `POST /v1/messages`. */
export function toRoute(method: string, path: string): string {
  const [pathname = ''] = path.split('?', 1);
  return `${method} ${pathname}`;
}
