/**
 * Lets a redirect go that was not followed: a request with a secret must not follow one, and workers know no `redirect: "error"`.
 *
 * @throws {Error} When it is one.
 */
export function refuseRedirect({ status, type, body }: Response, message = 'It leads elsewhere.'): void {
  if (type !== 'opaqueredirect' && (status < 300 || status >= 400)) return;
  // What nobody reads holds its connection.
  void body?.cancel().catch(() => {});
  throw new Error(message);
}
